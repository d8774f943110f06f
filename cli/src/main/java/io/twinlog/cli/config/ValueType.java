package io.twinlog.cli.config;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.database.DatabaseUrl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a text becomes the value of a component, by the component's type. Messages do not repeat the text: it may be what a
 * <code>${...}</code> stood for. Stateless.
 */
final class ValueType {

    private ValueType() {}

    /** Reads a text; the message of the {@link IllegalArgumentException} says what is wanted. */
    static Object parse(Class<?> type, String text, Path directory) {
        if (type == String.class) {
            return nonEmpty(text);
        } else if (type == Secret.class) {
            return new Secret(text);
        } else if (type == int.class) {
            return wholeNumber(text);
        } else if (type == Duration.class) {
            return TimeSpan.parse(text);
        } else if (type == Path.class) {
            return directory.resolve(nonEmpty(text)).normalize();
        } else if (type.isEnum()) {
            return constant(type, text);
        }
        return parseByItsOwnMethod(type, text);
    }

    /** For the reference page. */
    static String describe(Class<?> type) {
        if (type == String.class || type == Secret.class || type == ReplicationName.class) {
            return "text";
        } else if (type == int.class) {
            return "whole number";
        } else if (type == Duration.class) {
            return "duration";
        } else if (type == Path.class) {
            return "path";
        } else if (type == DatabaseUrl.class) {
            return "URL";
        } else if (type == ListenAddress.class) {
            return "HOST:PORT";
        } else if (type == TablePattern.class) {
            return "table pattern";
        } else if (type.isEnum()) {
            return labels(type).stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        }
        throw new IllegalStateException("No description of " + type);
    }

    private static String nonEmpty(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return text;
    }

    private static int wholeNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (label(constant).equals(text) && labels(type).contains(text)) {
                return constant;
            }
        }
        String wanted = "must be " + (labels(type).size() == 1 ? "" : "one of ") + String.join(", ", labels(type));
        throw new IllegalArgumentException(wanted
                + NearestName.of(text, labels(type))
                        .map(near -> "; do you mean " + near + "?")
                        .orElse(""));
    }

    private static List<String> labels(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                // No conflict of its own: nobody can have a rule for it.
                .filter(constant -> constant != ConflictKind.BEHIND)
                .map(ValueType::label)
                .toList();
    }

    private static String label(Object constant) {
        if (constant instanceof ConflictKind kind) {
            return kind.label();
        }
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Object parseByItsOwnMethod(Class<?> type, String text) {
        try {
            Method parse = type.getMethod("parse", String.class);
            return parse.invoke(null, text);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException problem) {
                throw problem;
            }
            throw new IllegalStateException("The parse method of " + type + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("No way to read a " + type + " from a text", e);
        }
    }
}
