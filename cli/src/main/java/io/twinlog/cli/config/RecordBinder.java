package io.twinlog.cli.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes a record from a section of the file, as its {@link Key} annotations say, and collects everything that is wrong. Used
 * once per file by one thread.
 */
final class RecordBinder {

    private final Substitution substitution;
    private final Path directory;
    private final Map<String, String> pathsByName;
    private final List<Problem> problems = new ArrayList<>();

    /** @param pathsByName where each key belongs, to say so when it stands elsewhere */
    RecordBinder(Substitution substitution, Path directory, Map<String, String> pathsByName) {
        this.substitution = substitution;
        this.directory = directory;
        this.pathsByName = pathsByName;
    }

    List<Problem> problems() {
        return problems.stream().sorted().toList();
    }

    void problem(@Nullable Node node, @Nullable String key, String message) {
        Mark mark = node == null ? null : node.getStartMark();
        problems.add(
                mark == null
                        ? new Problem(0, 0, key, message)
                        : new Problem(mark.getLine() + 1, mark.getColumn() + 1, key, message));
    }

    /** The record, or null if any of its keys is wrong. */
    <T> @Nullable T bind(Class<T> type, @Nullable MappingNode section, String path) {
        Map<String, Entry> entries = section == null ? new LinkedHashMap<>() : entries(section, path);
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        int before = problems.size();
        for (int i = 0; i < components.length; i++) {
            Key key = components[i].getAnnotation(Key.class);
            if (!key.name().equals(Key.ANY_OTHER)) {
                values[i] = value(components[i], key, entries.remove(key.name()), section, join(path, key.name()));
            }
        }
        Map<String, Entry> others = Map.copyOf(entries);
        for (int i = 0; i < components.length; i++) {
            if (components[i].getAnnotation(Key.class).name().equals(Key.ANY_OTHER)) {
                values[i] = texts(entries, path);
                entries.clear();
            }
        }
        entries.forEach((name, entry) -> unknown(type, name, entry, path));
        if (problems.size() > before) {
            return null;
        }
        T bound = construct(type, components, values);
        if (bound instanceof Validated validated) {
            validated.validate((key, message) -> {
                Node place = others.containsKey(key) ? others.get(key).name() : place(section, key);
                problem(place == null ? section : place, join(path, key), message);
            });
        }
        return problems.size() > before ? null : bound;
    }

    private Map<String, Entry> entries(MappingNode section, String path) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : section.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                problem(tuple.getKeyNode(), path.isEmpty() ? null : path, "has a key that is not a text");
            } else if (entries.putIfAbsent(name.getValue(), new Entry(name, tuple.getValueNode())) != null) {
                problem(name, join(path, name.getValue()), "stands here twice");
            }
        }
        return entries;
    }

    private @Nullable Object value(
            RecordComponent component, Key key, @Nullable Entry entry, @Nullable MappingNode section, String path) {
        Class<?> type = component.getType();
        if (entry == null) {
            return absent(component, key, section, path);
        }
        Node node = entry.value();
        if (type.isRecord() && isSection(type)) {
            if (node instanceof MappingNode mapping) {
                return bind(type, mapping, path);
            }
            problem(node, path, "must be a section with keys below it");
            return null;
        }
        if (type == List.class) {
            return list(elementType(component), node, path);
        }
        Object value = scalar(type, node, path, true);
        if (value != null) {
            checkRange(type, value, key, node, path);
        }
        return value;
    }

    private @Nullable Object absent(RecordComponent component, Key key, @Nullable MappingNode section, String path) {
        Class<?> type = component.getType();
        switch (key.presence()) {
            case REQUIRED -> {
                problem(section, path, "is missing");
                return null;
            }
            case OPTIONAL -> {
                return type == List.class ? List.of() : null;
            }
            case DEFAULTED -> {
                if (isSection(type)) {
                    return bind(type, null, path);
                }
                if (type == List.class) {
                    return list(elementType(component), new Yaml(new LoaderOptions()).compose(reader(key)), path);
                }
                return ValueType.parse(type, key.defaultValue(), directory);
            }
        }
        throw new IllegalStateException("A presence without a rule: " + key.presence());
    }

    private static java.io.Reader reader(Key key) {
        return new java.io.StringReader(key.defaultValue());
    }

    private @Nullable Object list(Class<?> elementType, Node node, String path) {
        if (!(node instanceof SequenceNode sequence)) {
            problem(node, path, "must be a list, such as [\"first\", \"second\"]");
            return null;
        }
        List<Object> values = new ArrayList<>();
        int index = 0;
        for (Node element : sequence.getValue()) {
            String elementPath = path + "[" + index++ + "]";
            Object value;
            if (!isSection(elementType)) {
                value = scalar(elementType, element, elementPath, true);
            } else if (element instanceof MappingNode mapping) {
                value = bind(elementType, mapping, elementPath);
            } else {
                problem(element, elementPath, "must be a section with keys below it");
                value = null;
            }
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private Map<String, String> texts(Map<String, Entry> entries, String path) {
        Map<String, String> texts = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            Object value = scalar(Secret.class, entry.value(), join(path, name), false);
            if (value instanceof Secret text) {
                texts.put(name, text.reveal());
            }
        });
        return texts;
    }

    private @Nullable Object scalar(Class<?> type, Node node, String path, boolean emptyIsSaid) {
        if (!(node instanceof ScalarNode scalar)) {
            problem(node, path, "must be a single value");
            return null;
        }
        if (Tag.NULL.equals(scalar.getTag())) {
            problem(
                    node,
                    path,
                    "has no value" + (emptyIsSaid ? "; remove the key, or write \"\" for an empty text" : ""));
            return null;
        }
        String text = substitution.apply(scalar.getValue(), message -> problem(node, path, message));
        if (text == null) {
            return null;
        }
        try {
            return ValueType.parse(type, text, directory);
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage() + found(type, scalar));
            return null;
        }
    }

    /** What stands in the file, where that is no secret. */
    private static String found(Class<?> type, ScalarNode scalar) {
        boolean mayBeShown = type == int.class || type.isEnum() || type == java.time.Duration.class;
        return mayBeShown ? " (found '" + scalar.getValue() + "')" : "";
    }

    @SuppressWarnings("unchecked")
    private void checkRange(Class<?> type, Object value, Key key, Node node, String path) {
        if (!(value instanceof Comparable<?>)) {
            return;
        }
        Comparable<Object> comparable = (Comparable<Object>) value;
        boolean low = !key.min().isEmpty() && comparable.compareTo(ValueType.parse(type, key.min(), directory)) < 0;
        boolean high = !key.max().isEmpty() && comparable.compareTo(ValueType.parse(type, key.max(), directory)) > 0;
        if (low || high) {
            problem(node, path, "must be from " + key.min() + " to " + key.max() + found(type, (ScalarNode) node));
        }
    }

    private void unknown(Class<?> type, String name, Entry entry, String path) {
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(component -> component.getAnnotation(Key.class).name())
                .toList();
        Optional<String> meant = NearestName.of(name, known)
                .map(near -> join(path, near))
                .or(() -> Optional.ofNullable(pathsByName.get(name)));
        problem(
                entry.name(),
                join(path, name),
                "is not a known key"
                        + meant.map(near -> "; do you mean " + near + "?")
                                .orElse("; known here: " + String.join(", ", known)));
    }

    private static <T> T construct(Class<T> type, RecordComponent[] components, @Nullable Object[] values) {
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(values);
        } catch (InvocationTargetException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException e) {
            throw new IllegalStateException("The record " + type.getSimpleName() + " cannot be made", e);
        }
    }

    private static @Nullable Node place(@Nullable MappingNode section, String key) {
        if (section != null) {
            for (NodeTuple tuple : section.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key)) {
                    return name;
                }
            }
        }
        return null;
    }

    /** Whether a type is a section of the file: a record whose components are keys. */
    static boolean isSection(Class<?> type) {
        return type.isRecord()
                && Arrays.stream(type.getRecordComponents())
                        .anyMatch(component -> component.isAnnotationPresent(Key.class));
    }

    static Class<?> elementType(RecordComponent component) {
        return (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private record Entry(ScalarNode name, Node value) {}
}
