package io.twinlog.capture.mariadb.value;

import io.twinlog.capture.mariadb.binlog.TableMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;

/** The SQL types of columns as far as the log alone tells them. Stateless. */
public final class LoggedTypes {

    private static final List<String> GEOMETRY = List.of(
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection");

    private LoggedTypes() {}

    /**
     * The type that the log describes.
     *
     * @param sets to tell characters from bytes
     */
    public static MariadbType of(TableMap.Column column, CharacterSets sets) {
        String sign = column.unsigned() ? " unsigned" : "";
        String fraction = column.precision() == 0 ? "" : "(" + column.precision() + ")";
        String set = column.collation() < 0 ? CharacterSets.BINARY : sets.ofCollation(column.collation());
        boolean binary = set == null || set.equals(CharacterSets.BINARY);
        int characters = set == null ? column.length() : column.length() / sets.maxBytes(set);
        return MariadbType.of(
                switch (column.type()) {
                    case TableMap.TINY -> "tinyint" + sign;
                    case TableMap.SHORT -> "smallint" + sign;
                    case TableMap.INT24 -> "mediumint" + sign;
                    case TableMap.LONG -> "int" + sign;
                    case TableMap.LONGLONG -> "bigint" + sign;
                    case TableMap.FLOAT -> "float" + sign;
                    case TableMap.DOUBLE -> "double" + sign;
                    case TableMap.NEWDECIMAL -> "decimal(" + column.precision() + "," + column.scale() + ")" + sign;
                    case TableMap.YEAR -> "year";
                    case TableMap.DATE -> "date";
                    case TableMap.TIME2 -> "time" + fraction;
                    case TableMap.DATETIME2 -> "datetime" + fraction;
                    case TableMap.TIMESTAMP2 -> "timestamp" + fraction;
                    case TableMap.BIT -> "bit(" + column.length() + ")";
                    case TableMap.ENUM -> labelled("enum", column, sets);
                    case TableMap.SET -> labelled("set", column, sets);
                    case TableMap.VARCHAR, TableMap.VAR_STRING ->
                        (binary ? "varbinary(" : "varchar(") + characters + ")";
                    case TableMap.STRING -> (binary ? "binary(" : "char(") + characters + ")";
                    case TableMap.BLOB -> size(column.length()) + (binary ? "blob" : "text");
                    case TableMap.GEOMETRY ->
                        column.geometry() < GEOMETRY.size() ? GEOMETRY.get(column.geometry()) : GEOMETRY.get(0);
                    case TableMap.JSON -> "json";
                    case TableMap.VECTOR -> column.precision() == 0 ? "vector" : "vector(" + column.precision() + ")";
                    default -> "unknown";
                });
    }

    private static String size(int lengthBytes) {
        return switch (lengthBytes) {
            case 1 -> "tiny";
            case 3 -> "medium";
            case 4 -> "long";
            default -> "";
        };
    }

    private static String labelled(String kind, TableMap.Column column, CharacterSets sets) {
        StringJoiner labels = new StringJoiner(",", kind + "(", ")");
        String set = column.collation() < 0 ? null : sets.ofCollation(column.collation());
        for (byte[] label : column.labels()) {
            TextBuffer text = new TextBuffer();
            if (set == null || set.equals(CharacterSets.BINARY)) {
                text.add(label, 0, label.length);
            } else {
                sets.form(set, column.name()).append(text, label, 0, label.length);
            }
            String plain = new String(text.bytes(), 0, text.size(), StandardCharsets.UTF_8);
            labels.add("'" + plain.replace("'", "''") + "'");
        }
        return labels.toString();
    }
}
