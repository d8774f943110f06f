package io.twinlog.schemas.event;

import io.twinlog.schemas.wire.MalformedEventException;

/** What happened to a row (or, for {@link #TRUNCATE}, to a table). The codes are Debezium's. */
public enum Operation {
    INSERT('c'),
    UPDATE('u'),
    DELETE('d'),
    SNAPSHOT('r'),
    TRUNCATE('t');

    private final char code;

    Operation(char code) {
        this.code = code;
    }

    public char code() {
        return code;
    }

    public static Operation of(int code) {
        return switch (code) {
            case 'c' -> INSERT;
            case 'u' -> UPDATE;
            case 'd' -> DELETE;
            case 'r' -> SNAPSHOT;
            case 't' -> TRUNCATE;
            default -> throw new MalformedEventException("Unknown operation '" + (char) code + "'");
        };
    }
}
