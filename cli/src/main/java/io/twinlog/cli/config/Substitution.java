package io.twinlog.cli.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts in what <code>${NAME}</code> (environment) and <code>${file:path}</code> (content of a file, relative to the
 * configuration file, without its last line end) stand for; <code>$${</code> is a plain <code>${</code>. What was put in is
 * not looked at again, so a password may hold any character.
 */
final class Substitution {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String FILE = "file:";

    private final Path directory;
    private final Function<String, @Nullable String> environment;

    Substitution(Path directory, Function<String, @Nullable String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    /** The text with everything put in, or null if something could not be; each such thing is reported. */
    @Nullable
    String apply(String text, Consumer<String> problems) {
        StringBuilder result = new StringBuilder();
        boolean complete = true;
        Matcher matcher = REFERENCE.matcher(text);
        int done = 0;
        while (matcher.find()) {
            result.append(text, done, matcher.start());
            done = matcher.end();
            String reference = matcher.group(1);
            if (reference == null) {
                result.append("${");
                continue;
            }
            String value = matcher.group(2).isEmpty() ? unclosed(problems) : resolve(reference, problems);
            if (value == null) {
                complete = false;
            } else {
                result.append(value);
            }
        }
        return complete ? result.append(text, done, text.length()).toString() : null;
    }

    private static @Nullable String unclosed(Consumer<String> problems) {
        problems.accept("has a ${ without its }; a plain ${ is written $${");
        return null;
    }

    private @Nullable String resolve(String reference, Consumer<String> problems) {
        if (reference.startsWith(FILE)) {
            return content(reference.substring(FILE.length()), problems);
        }
        if (!VARIABLE.matcher(reference).matches()) {
            problems.accept("has a ${...} that names neither an environment variable nor file:PATH;"
                    + " a plain ${ is written $${");
            return null;
        }
        String value = environment.apply(reference);
        if (value == null) {
            problems.accept("needs the environment variable " + reference + ", which is not set");
        }
        return value;
    }

    private @Nullable String content(String name, Consumer<String> problems) {
        Path file = directory.resolve(name);
        try {
            return Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
        } catch (NoSuchFileException e) {
            problems.accept("needs the file " + file + ", which does not exist");
        } catch (IOException e) {
            problems.accept("needs the file " + file + ", which cannot be read ("
                    + e.getClass().getSimpleName() + ")");
        }
        return null;
    }
}
