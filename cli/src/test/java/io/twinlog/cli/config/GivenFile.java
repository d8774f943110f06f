package io.twinlog.cli.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.Assertions;

/** A configuration file of a test: its text, its environment, and what reading it gives. */
final class GivenFile {

    static final String MINIMAL = """
            replication: shop
            kafka: { bootstrap.servers: "localhost:9092" }
            source: { url: "jdbc:postgresql://localhost:5432/shop", user: twinlog }
            target: { url: "jdbc:postgresql://localhost:5433/shop", user: twinlog }
            """;

    private final Path file;
    private final Map<String, String> environment = new HashMap<>();

    private GivenFile(Path directory, String text) {
        this.file = directory.resolve("twinlog.yaml");
        write("twinlog.yaml", text);
    }

    static GivenFile file(Path directory, String text) {
        return new GivenFile(directory, text);
    }

    GivenFile variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    GivenFile beside(String name, String content) {
        write(name, content);
        return this;
    }

    TwinlogConfiguration read(ConfigurationFile.Side... needed) {
        return new ConfigurationFile(file, environment::get).read(Set.of(needed));
    }

    /** The lines of the report, without the first and the last. */
    List<String> problems(ConfigurationFile.Side... needed) {
        TwinlogException refusal = catchThrowableOfType(TwinlogException.class, () -> read(needed));
        Assertions.assertThat(refusal).as("the file must be refused").isNotNull();
        Assertions.assertThat(refusal.category()).isEqualTo(Category.CONFIG);
        return refusal.getMessage()
                .lines()
                .filter(line -> line.startsWith("  "))
                .map(String::strip)
                .toList();
    }

    private void write(String name, String text) {
        try {
            Path path = file.resolveSibling(name);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
