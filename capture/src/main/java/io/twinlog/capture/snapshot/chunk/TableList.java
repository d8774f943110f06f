package io.twinlog.capture.snapshot.chunk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.NameEscape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Tables on the control log: a JSON array of {@code schema.table}, each part escaped as in topic names. Stateless. */
public final class TableList {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TableList() {}

    public static String toJson(Collection<TableId> tables) {
        ArrayNode array = JSON.createArrayNode();
        for (TableId table : tables) {
            array.add(NameEscape.forTopic(table.schema()) + "." + NameEscape.forTopic(table.table()));
        }
        return array.toString();
    }

    public static List<TableId> fromJson(String json) {
        List<TableId> tables = new ArrayList<>();
        try {
            JSON.readTree(json).forEach(node -> {
                String name = node.asText();
                int dot = name.indexOf('.');
                tables.add(new TableId(
                        NameEscape.unescape(name.substring(0, dot)), NameEscape.unescape(name.substring(dot + 1))));
            });
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A list of tables on the control log is not JSON", e);
        }
        return tables;
    }
}
