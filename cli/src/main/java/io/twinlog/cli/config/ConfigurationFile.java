package io.twinlog.cli.config;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** A configuration file on disk. Immutable. */
public final class ConfigurationFile {

    private final Path file;
    private final Function<String, @Nullable String> environment;

    /** @param environment gives the value of a variable, or null */
    public ConfigurationFile(Path file, Function<String, @Nullable String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /** A section that a command cannot do without. */
    public enum Side {
        SOURCE,
        TARGET
    }

    /**
     * Reads the file; throws a {@link TwinlogException} of category CONFIG that names every problem.
     *
     * @param needed the sections that must be there
     */
    public TwinlogConfiguration read(Set<Side> needed) {
        String text = text();
        Path directory = file.toAbsolutePath().normalize().getParent();
        if (directory == null) {
            throw new IllegalStateException("A file without a directory: " + file);
        }
        RecordBinder binder = new RecordBinder(
                new Substitution(directory, environment),
                directory,
                ConfigurationReference.pathsByName(TwinlogConfiguration.class));
        TwinlogConfiguration configuration = null;
        Node root = compose(text);
        if (root instanceof MappingNode mapping) {
            configuration = binder.bind(TwinlogConfiguration.class, mapping, "");
            for (Side side : Side.values()) {
                String section = side == Side.SOURCE ? "source" : "target";
                if (needed.contains(side) && !has(mapping, section)) {
                    binder.problem(mapping, section, "is missing, and this command needs it");
                }
            }
        } else {
            binder.problem(root, null, "The file must be a YAML mapping: lines of the form 'key: value'");
        }
        if (configuration == null || !binder.problems().isEmpty()) {
            throw refusal(binder.problems());
        }
        return configuration;
    }

    private String text() {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new TwinlogException(Category.CONFIG, "The configuration file " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            String why = Files.isDirectory(file)
                    ? "is a directory"
                    : Files.exists(file) ? "cannot be read (" + e.getClass().getSimpleName() + ")" : "does not exist";
            throw new TwinlogException(
                    Category.CONFIG,
                    "The configuration file " + file + " " + why + ". Name it with -f FILE; `twinlog sandbox --dir DIR`"
                            + " writes one to start from, and docs/configuration.md lists every key.",
                    e);
        }
    }

    private @Nullable Node compose(String text) {
        try {
            return new Yaml(new LoaderOptions()).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            // Its own message quotes the file, and may quote a password with it.
            Mark mark = e.getProblemMark();
            throw refusal(List.of(new Problem(
                    mark == null ? 0 : mark.getLine() + 1,
                    mark == null ? 0 : mark.getColumn() + 1,
                    null,
                    "This is not YAML: " + e.getProblem())));
        } catch (YAMLException e) {
            throw refusal(List.of(new Problem(0, 0, null, "This is not YAML; look for unusual characters")));
        }
    }

    private TwinlogException refusal(List<Problem> problems) {
        String lines = problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining());
        String count = problems.size() == 1 ? "a problem" : problems.size() + " problems";
        return new TwinlogException(
                Category.CONFIG,
                "The configuration file " + file + " has " + count + ":" + lines
                        + "\ndocs/configuration.md lists every key.");
    }

    private static boolean has(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .anyMatch(tuple -> tuple.getKeyNode() instanceof org.yaml.snakeyaml.nodes.ScalarNode name
                        && name.getValue().equals(key));
    }
}
