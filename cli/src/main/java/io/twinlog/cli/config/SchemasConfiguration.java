package io.twinlog.cli.config;

import java.util.function.BiConsumer;

/** The section {@code schemas}. Immutable. */
public record SchemasConfiguration(
        @Key(
                name = "registry",
                text = "`topic`: Avro schemas live in the compacted topic `<replication>.schemas`."
                        + " The URL of a Confluent-compatible registry is not supported yet.",
                defaultValue = "topic")
        String registry)
        implements Validated {

    @Override
    public void validate(BiConsumer<String, String> problems) {
        if (registry.startsWith("http://") || registry.startsWith("https://")) {
            problems.accept(
                    "registry",
                    "names a schema registry, which this version does not support yet; write topic instead");
        } else if (!registry.equals("topic")) {
            problems.accept("registry", "must be topic");
        }
    }
}
