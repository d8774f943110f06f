package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reference page of the configuration file, docs/configuration.md, made from the records. Stateless. */
public final class ConfigurationReference {

    private static final String HEAD = """
            # Configuration

            <!-- Generated from the records in io.twinlog.cli.config; ConfigurationReferenceTest says how. -->

            A configuration file is YAML. Every command takes it with `-f FILE`. A complete one:

            ```yaml
            replication: shop
            kafka: { bootstrap.servers: "localhost:9092" }
            source:
              url: jdbc:postgresql://localhost:5432/shop
              user: twinlog
              password: ${SHOP_PASSWORD}
              tables: ["public.*", "!public.audit_%"]
            target:
              url: jdbc:postgresql://localhost:5433/shop
              user: twinlog
              password: ${file:secrets/target}
            ```

            Everything else has a default. An unknown key is an error. All problems of a file are reported at once, before
            anything is created, with exit code 2.

            **In any value**, `${NAME}` stands for an environment variable and `${file:path}` for the content of a file
            (relative to the configuration file, without its last line end). What is put in is not looked at again; a plain
            `${` is written `$${`. Secrets are never printed.

            **Durations** are a whole number with a unit: `us`, `ms`, `s`, `m`, `h`, `d`.

            **Table patterns** are `schema.table`, where `*` and `%` stand for any text; a leading `!` leaves tables out again,
            wherever it stands in the list.
            """;

    private ConfigurationReference() {}

    /** The whole page. */
    public static String page() {
        StringBuilder page = new StringBuilder(HEAD);
        section(page, "", TwinlogConfiguration.class);
        return page.toString();
    }

    /** The path of each key by its name, for keys whose name is used once. */
    static Map<String, String> pathsByName(Class<?> root) {
        Map<String, String> paths = new LinkedHashMap<>();
        collect("", root, paths);
        paths.values().removeIf(String::isEmpty);
        return paths;
    }

    private static void collect(String path, Class<?> section, Map<String, String> paths) {
        for (RecordComponent component : section.getRecordComponents()) {
            Key key = component.getAnnotation(Key.class);
            if (key.name().equals(Key.ANY_OTHER)) {
                continue;
            }
            String own = path + key.name();
            // An empty path marks a name that is used twice.
            paths.merge(key.name(), own, (first, second) -> "");
            if (RecordBinder.isSection(component.getType())) {
                collect(own + ".", component.getType(), paths);
            }
        }
    }

    private static void section(StringBuilder page, String path, Class<?> section) {
        page.append("\n## ")
                .append(path.isEmpty() ? "Top level" : "`" + path + "`")
                .append("\n\n");
        page.append("| key | type | default | range | |\n|---|---|---|---|---|\n");
        for (RecordComponent component : section.getRecordComponents()) {
            row(page, component);
        }
        for (RecordComponent component : section.getRecordComponents()) {
            String name = component.getAnnotation(Key.class).name();
            String own = path.isEmpty() ? name : path + "." + name;
            if (RecordBinder.isSection(component.getType())) {
                section(page, own, component.getType());
            } else if (component.getType() == List.class
                    && RecordBinder.isSection(RecordBinder.elementType(component))) {
                section(page, own + "[]", RecordBinder.elementType(component));
            }
        }
    }

    private static void row(StringBuilder page, RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        String range = key.min().isEmpty() ? "" : key.min() + " to " + key.max();
        page.append("| ")
                .append(key.name().equals(Key.ANY_OTHER) ? "any other" : "`" + key.name() + "`")
                .append(" | ")
                .append(type(component))
                .append(" | ")
                .append(defaultValue(component, key))
                .append(" | ")
                .append(range)
                .append(" | ")
                .append(key.text())
                .append(" |\n");
    }

    private static String type(RecordComponent component) {
        if (RecordBinder.isSection(component.getType())) {
            return "section";
        } else if (component.getType() == Map.class) {
            return "text";
        } else if (component.getType() == List.class) {
            Class<?> element = RecordBinder.elementType(component);
            return RecordBinder.isSection(element) ? "list of sections" : "list of: " + ValueType.describe(element);
        }
        return ValueType.describe(component.getType());
    }

    private static String defaultValue(RecordComponent component, Key key) {
        if (key.presence() == Presence.REQUIRED) {
            return "**required**";
        }
        if (key.presence() == Presence.OPTIONAL || RecordBinder.isSection(component.getType())) {
            return "";
        }
        return "`" + (key.defaultValue().isEmpty() ? "\"\"" : key.defaultValue()) + "`";
    }
}
