package io.twinlog.sandbox;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Commands in a session of their own: Ctrl-C in a terminal goes to every process of the foreground group, and would stop
 * the servers before the parts that still want to finish their work with them.
 */
final class Detached {
    private static final Pattern PATH_SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    private Detached() {}

    /** The command keeps its process number: setsid replaces itself by the command. It is missing on macOS; then there is no new session. */
    static ProcessBuilder command(List<String> words) {
        List<String> all = new ArrayList<>();
        if (isInstalled("setsid")) {
            all.add("setsid");
        }
        all.addAll(words);
        return new ProcessBuilder(all).redirectInput(new File("/dev/null"));
    }

    static boolean isInstalled(String program) {
        String path = System.getenv("PATH");
        return path != null
                && PATH_SEPARATOR
                        .splitAsStream(path)
                        .filter(folder -> !folder.isEmpty())
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
