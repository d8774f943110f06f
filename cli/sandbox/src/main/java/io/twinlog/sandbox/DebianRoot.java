package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server of Debian's that {@code .ci/debian-server} has unpacked. It brings its own C library, and is started through that
 * library's loader: the one of this machine may be older.
 */
record DebianRoot(Path root) {
    static final String MYSQL = "twinlog.mysql.home";
    static final String MARIADB = "twinlog.mariadb.home";

    /** Where the system property says; null if it is not set. */
    static @Nullable DebianRoot find(String property) {
        String home = System.getProperty(property, "");
        if (home.isEmpty()) {
            return null;
        }
        if (!Files.isDirectory(Path.of(home, "root"))) {
            throw new SandboxException("-D" + property + "=" + home
                    + " names no server. Run .ci/debian-server, and name its" + " folder.");
        }
        return new DebianRoot(Path.of(home, "root").toAbsolutePath());
    }

    /** The first of these folders or files that is there. */
    Path existing(String... paths) {
        return Stream.of(paths)
                .map(root::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new SandboxException("None of " + List.of(paths) + " is in " + root));
    }

    /** The words that start a program. */
    List<String> command(String program) {
        List<Path> libraries = libraries();
        List<String> words = new ArrayList<>();
        words.add(loader(libraries).toString());
        words.add("--library-path");
        words.add(libraries.stream().map(Path::toString).collect(Collectors.joining(":")));
        words.add(root.resolve(program).toString());
        return words;
    }

    // Older releases have libraries in two places.
    private List<Path> libraries() {
        List<Path> all = new ArrayList<>();
        for (String parent : List.of("lib", "usr/lib")) {
            all.addAll(children(root.resolve(parent), "-linux-gnu"));
        }
        return all;
    }

    private Path loader(List<Path> libraries) {
        return libraries.stream()
                .flatMap(folder -> children(folder, "").stream())
                .filter(file -> file.getFileName().toString().startsWith("ld-linux"))
                .findFirst()
                .orElseThrow(() -> new SandboxException("No C library is in " + root));
    }

    private static List<Path> children(Path folder, String end) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(end))
                    .toList();
        } catch (IOException e) {
            throw new SandboxException("The folder cannot be read: " + folder, e);
        }
    }
}
