package io.twinlog.capture.snapshot.chunk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.twinlog.schemas.table.TableId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a table: the rows whose first key column is greater than {@code after} and not greater than {@code upTo}.
 * Immutable.
 *
 * @param column first key column, or null where the chunk is the whole table
 * @param order how its values compare, or null likewise
 * @param after bound that is left out, or null for none
 * @param upTo bound that is included, or null for none
 * @param at position of the snapshot with which the chunk was read, where that is later than the slot's own; else null
 */
public record Chunk(
        TableId table,
        @Nullable String column,
        @Nullable KeyOrder order,
        @Nullable String after,
        @Nullable String upTo,
        @Nullable String at) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether the table ends with this chunk. */
    public boolean isLast() {
        return upTo == null;
    }

    /** Whether a row with this first key value belongs to the chunk. */
    public boolean holds(String key) {
        if (order == null) {
            return true;
        }
        return (after == null || order.compare(key, after) > 0) && (upTo == null || order.compare(key, upTo) <= 0);
    }

    /** This chunk and the one that follows it as one, or null if they are not neighbours. */
    public @Nullable Chunk joined(Chunk next) {
        boolean neighbours = table.equals(next.table)
                && upTo != null
                && upTo.equals(next.after)
                && java.util.Objects.equals(at, next.at)
                && java.util.Objects.equals(column, next.column);
        return neighbours ? new Chunk(table, column, order, after, next.upTo, at) : null;
    }

    /** Bounds as JSON, for the control log. */
    public String range() {
        return bounds().toString();
    }

    private ObjectNode bounds() {
        ObjectNode node = JSON.createObjectNode();
        if (column != null && order != null) {
            node.put("column", column)
                    .put("order", order.name())
                    .put("after", after)
                    .put("upTo", upTo);
        }
        if (at != null) {
            node.put("at", at);
        }
        return node;
    }

    /** Reads what {@link #range} writes. */
    public static Chunk parse(TableId table, String range) {
        return read(table, parse(range));
    }

    private static Chunk read(TableId table, JsonNode node) {
        String order = text(node, "order");
        return new Chunk(
                table,
                text(node, "column"),
                order == null ? null : KeyOrder.valueOf(order),
                text(node, "after"),
                text(node, "upTo"),
                text(node, "at"));
    }

    /** Chunks as a JSON array. */
    public static String toJson(List<Chunk> chunks) {
        ArrayNode array = JSON.createArrayNode();
        for (Chunk chunk : chunks) {
            array.add(chunk.bounds().put("schema", chunk.table.schema()).put("table", chunk.table.table()));
        }
        return array.toString();
    }

    /** Reads what {@link #toJson} writes. */
    public static List<Chunk> fromJson(String json) {
        List<Chunk> chunks = new ArrayList<>();
        for (JsonNode node : parse(json)) {
            chunks.add(read(
                    new TableId(node.get("schema").asText(), node.get("table").asText()), node));
        }
        return chunks;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Chunk bounds on the control log are not JSON", e);
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }
}
