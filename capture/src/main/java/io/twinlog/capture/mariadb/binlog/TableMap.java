package io.twinlog.capture.mariadb.binlog;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a table that precedes its row events: with {@code binlog_row_metadata=FULL} everything that reading the rows
 * takes. Immutable.
 *
 * @param number by which row events refer to it
 * @param columns in the order of row images
 * @param complete whether the metadata is FULL, so that names and keys are known
 */
public record TableMap(long number, TableId table, List<Column> columns, boolean complete) {

    public static final int TINY = 1;
    public static final int SHORT = 2;
    public static final int LONG = 3;
    public static final int FLOAT = 4;
    public static final int DOUBLE = 5;
    public static final int LONGLONG = 8;
    public static final int INT24 = 9;
    public static final int DATE = 10;
    public static final int YEAR = 13;
    public static final int VARCHAR = 15;
    public static final int BIT = 16;
    public static final int TIMESTAMP2 = 17;
    public static final int DATETIME2 = 18;
    public static final int TIME2 = 19;
    public static final int NEWDECIMAL = 246;
    public static final int ENUM = 247;
    public static final int SET = 248;
    public static final int BLOB = 252;
    public static final int VAR_STRING = 253;
    public static final int STRING = 254;
    public static final int GEOMETRY = 255;
    private static final int BLOB_COMPRESSED = 140;
    private static final int VARCHAR_COMPRESSED = 141;
    public static final int VECTOR = 242;
    public static final int JSON = 245;

    private static final int SIGNEDNESS = 1;
    private static final int DEFAULT_CHARSET = 2;
    private static final int COLUMN_CHARSET = 3;
    private static final int COLUMN_NAME = 4;
    private static final int SET_LABELS = 5;
    private static final int ENUM_LABELS = 6;
    private static final int GEOMETRY_TYPE = 7;
    private static final int PRIMARY_KEY = 8;
    private static final int PRIMARY_KEY_WITH_PREFIX = 9;
    private static final int ENUM_AND_SET_DEFAULT_CHARSET = 10;
    private static final int ENUM_AND_SET_COLUMN_CHARSET = 11;
    private static final int VECTOR_DIMENSIONS = 13;

    /**
     * A column.
     *
     * @param name empty where the metadata is not FULL
     * @param type code of its type; ENUM and SET themselves, not the STRING that carries them
     * @param length in bytes: of STRING, VARCHAR at most, of ENUM and SET values, of the length of a BLOB, of a BIT in bits
     * @param precision digits of NEWDECIMAL, or of the seconds' fraction, or numbers of a VECTOR
     * @param scale digits of NEWDECIMAL behind the point
     * @param collation number of the collation, or -1
     * @param labels of ENUM and SET, in the column's character set
     * @param geometry kind of GEOMETRY
     */
    public record Column(
            String name,
            int type,
            int length,
            int precision,
            int scale,
            boolean unsigned,
            int collation,
            List<byte[]> labels,
            int geometry,
            boolean key) {}

    /** Where a TABLE_MAP event stands behind the number of its table: equal bytes describe the same table. */
    public static byte[] description(LogEvent event) {
        return Arrays.copyOfRange(event.body(), 8, event.body().length);
    }

    public static long number(LogEvent event) {
        return event.bytes().readLittle(6);
    }

    /**
     * Reads a description.
     *
     * @param geometryHasCollation whether geometries count among the columns with characters
     */
    public static TableMap read(LogEvent event, boolean geometryHasCollation) {
        LogBytes bytes = event.bytes();
        long number = bytes.readLittle(6);
        int ignoredFlags = bytes.skip(2);
        String database = bytes.readUtf8(bytes.readByte());
        int ignoredZero = bytes.skip(1);
        String table = bytes.readUtf8(bytes.readByte());
        ignoredZero = bytes.skip(1);
        Builder builder = new Builder(bytes.readPacked(), geometryHasCollation);
        for (int i = 0; i < builder.count; i++) {
            builder.types[i] = bytes.readByte();
        }
        int metadataEnd = bytes.readPacked() + bytes.position();
        for (int i = 0; i < builder.count; i++) {
            builder.readTypeMetadata(i, bytes);
        }
        int ignoredRest = bytes.skip(metadataEnd - bytes.position());
        int ignoredNullable = bytes.skip((builder.count + 7) / 8);
        while (bytes.remaining() > 0) {
            int kind = bytes.readByte();
            int length = bytes.readPacked();
            int from = bytes.skip(length);
            builder.readOptional(kind, new LogBytes(bytes.array(), from, from + length));
        }
        return new TableMap(number, new TableId(database, table), builder.columns(), builder.named);
    }

    public boolean hasKey() {
        return columns.stream().anyMatch(Column::key);
    }

    private static final class Builder {
        private final int count;
        private final boolean geometryHasCollation;
        private final int[] types;
        private final int[] lengths;
        private final int[] precisions;
        private final int[] scales;
        private final boolean[] unsigned;
        private final int[] collations;
        private final @Nullable String[] names;
        private final List<List<byte[]>> labels = new ArrayList<>();
        private final int[] geometries;
        private final boolean[] keys;
        private boolean named;

        Builder(int count, boolean geometryHasCollation) {
            this.count = count;
            this.geometryHasCollation = geometryHasCollation;
            types = new int[count];
            lengths = new int[count];
            precisions = new int[count];
            scales = new int[count];
            unsigned = new boolean[count];
            collations = new int[count];
            Arrays.fill(collations, -1);
            names = new String[count];
            geometries = new int[count];
            keys = new boolean[count];
            for (int i = 0; i < count; i++) {
                labels.add(List.of());
            }
        }

        List<Column> columns() {
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = names[i];
                columns.add(new Column(
                        name == null ? "" : name,
                        types[i],
                        lengths[i],
                        precisions[i],
                        scales[i],
                        unsigned[i],
                        collations[i],
                        labels.get(i),
                        geometries[i],
                        keys[i]));
            }
            return columns;
        }

        void readTypeMetadata(int i, LogBytes bytes) {
            switch (types[i]) {
                case FLOAT, DOUBLE, BLOB, GEOMETRY, JSON, VECTOR, BLOB_COMPRESSED -> lengths[i] = bytes.readByte();
                case TIMESTAMP2, DATETIME2, TIME2 -> precisions[i] = bytes.readByte();
                case VARCHAR, VAR_STRING, VARCHAR_COMPRESSED -> lengths[i] = (int) bytes.readLittle(2);
                case BIT -> {
                    int bits = bytes.readByte();
                    lengths[i] = bytes.readByte() * 8 + bits;
                }
                case NEWDECIMAL -> {
                    precisions[i] = bytes.readByte();
                    scales[i] = bytes.readByte();
                }
                case STRING -> {
                    int high = bytes.readByte();
                    int low = bytes.readByte();
                    if ((high & 0x30) != 0x30) {
                        // The upper bits of a length above 255 are hidden, inverted, in those of the type.
                        types[i] = high | 0x30;
                        lengths[i] = low | (high & 0x30 ^ 0x30) << 4;
                    } else {
                        types[i] = high;
                        lengths[i] = low;
                    }
                }
                default -> {}
            }
        }

        void readOptional(int kind, LogBytes bytes) {
            switch (kind) {
                case SIGNEDNESS -> {
                    int n = 0;
                    int octet = 0;
                    for (int i = 0; i < count; i++) {
                        if (isNumeric(types[i])) {
                            if (n % 8 == 0) {
                                octet = bytes.readByte();
                            }
                            unsigned[i] = (octet & 0x80 >> n % 8) != 0;
                            n++;
                        }
                    }
                    requireEnd(bytes);
                }
                case DEFAULT_CHARSET -> defaultCollations(bytes, false);
                case COLUMN_CHARSET -> listedCollations(bytes, false);
                case ENUM_AND_SET_DEFAULT_CHARSET -> defaultCollations(bytes, true);
                case ENUM_AND_SET_COLUMN_CHARSET -> listedCollations(bytes, true);
                case COLUMN_NAME -> {
                    named = true;
                    for (int i = 0; i < count; i++) {
                        names[i] = bytes.readUtf8(bytes.readPacked());
                    }
                }
                case SET_LABELS -> readLabels(bytes, SET);
                case ENUM_LABELS -> readLabels(bytes, ENUM);
                case GEOMETRY_TYPE -> {
                    for (int i = 0; i < count; i++) {
                        if (types[i] == GEOMETRY) {
                            geometries[i] = bytes.readPacked();
                        }
                    }
                }
                case VECTOR_DIMENSIONS -> {
                    for (int i = 0; i < count; i++) {
                        if (types[i] == VECTOR) {
                            precisions[i] = bytes.readPacked();
                        }
                    }
                }
                case PRIMARY_KEY -> {
                    while (bytes.remaining() > 0) {
                        keys[bytes.readPacked()] = true;
                    }
                }
                case PRIMARY_KEY_WITH_PREFIX -> {
                    while (bytes.remaining() > 0) {
                        keys[bytes.readPacked()] = true;
                        int ignoredPrefix = bytes.readPacked();
                    }
                }
                default -> {}
            }
        }

        private static boolean isNumeric(int type) {
            return switch (type) {
                case TINY, SHORT, INT24, LONG, LONGLONG, NEWDECIMAL, FLOAT, DOUBLE, YEAR -> true;
                default -> false;
            };
        }

        private boolean hasCollation(int type, boolean labelled) {
            return switch (type) {
                case ENUM, SET -> labelled;
                // A geometry is a BLOB to MariaDB, and counts.
                case GEOMETRY -> geometryHasCollation && !labelled;
                case STRING, VAR_STRING, VARCHAR, BLOB, VECTOR, BLOB_COMPRESSED, VARCHAR_COMPRESSED -> !labelled;
                default -> false;
            };
        }

        private void defaultCollations(LogBytes bytes, boolean labelled) {
            int common = bytes.readPacked();
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                if (hasCollation(types[i], labelled)) {
                    collations[i] = common;
                    places.add(i);
                }
            }
            while (bytes.remaining() > 0) {
                int place = places.get(bytes.readPacked());
                collations[place] = bytes.readPacked();
            }
        }

        private void listedCollations(LogBytes bytes, boolean labelled) {
            for (int i = 0; i < count; i++) {
                if (hasCollation(types[i], labelled)) {
                    collations[i] = bytes.readPacked();
                }
            }
            requireEnd(bytes);
        }

        /** A column more or less would give all that follow the sign or the characters of another one. */
        private static void requireEnd(LogBytes bytes) {
            if (bytes.remaining() > 0) {
                throw new TwinlogException(
                        Category.BUG,
                        "The binlog describes more columns of a kind than a table has. This Twinlog does not understand the"
                                + " source's log; nothing was skipped. Please report it with the MariaDB version.");
            }
        }

        private void readLabels(LogBytes bytes, int type) {
            for (int i = 0; i < count; i++) {
                if (types[i] == type) {
                    List<byte[]> values = new ArrayList<>();
                    int number = bytes.readPacked();
                    for (int k = 0; k < number; k++) {
                        values.add(bytes.readBytes(bytes.readPacked()));
                    }
                    labels.set(i, values);
                }
            }
        }
    }
}
