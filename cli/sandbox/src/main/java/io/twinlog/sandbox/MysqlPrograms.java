package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A MySQL server that {@code .ci/mysql-server} has unpacked. It brings its own C library, and is started through that library's
 * loader: the one of this machine may be older.
 */
record MysqlPrograms(Path root) {
    static final String PROPERTY = "twinlog.mysql.home";

    /** Where the property says. */
    static MysqlPrograms find() {
        String home = System.getProperty(PROPERTY);
        if (home == null || !Files.isDirectory(Path.of(home, "root"))) {
            throw new SandboxException("No MySQL: -D" + PROPERTY + " is " + home
                    + ". Run .ci/mysql-server FOLDER and name this folder, outside of the checkout.");
        }
        return new MysqlPrograms(Path.of(home, "root").toAbsolutePath());
    }

    Path share() {
        return root.resolve("usr/share/mysql");
    }

    Path plugins() {
        return root.resolve("usr/lib/mysql/plugin");
    }

    /** The words that start the server with these options. */
    List<String> command(List<String> options) {
        Path libraries = libraries();
        List<String> words = new ArrayList<>(List.of(
                found(libraries, "ld-linux").toString(),
                "--library-path",
                libraries.toString(),
                root.resolve("usr/sbin/mysqld").toString()));
        words.addAll(options);
        return words;
    }

    private Path libraries() {
        try (Stream<Path> folders = Files.list(root.resolve("usr/lib"))) {
            return folders.filter(folder -> Files.exists(folder.resolve("libc.so.6")))
                    .findAny()
                    .orElseThrow(() -> new SandboxException("No C library below " + root));
        } catch (IOException e) {
            throw new SandboxException("MySQL cannot be found in " + root, e);
        }
    }

    private static Path found(Path folder, String begin) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(begin))
                    .findAny()
                    .orElseThrow(() -> new SandboxException("No " + begin + " in " + folder));
        } catch (IOException e) {
            throw new SandboxException("MySQL cannot be found in " + folder, e);
        }
    }
}
