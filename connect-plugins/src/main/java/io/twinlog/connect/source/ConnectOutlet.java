package io.twinlog.connect.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.KafkaOutlet;
import io.twinlog.capture.publish.Outlet;
import io.twinlog.capture.publish.RecordSender;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.MalformedEventException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets a capture's records go through a Connect worker, and reads them back in the form that the worker's converter gave them: Avro
 * behind either header (XlogConverter, and every Avro converter, for they write the fields in the same order), or JSON with or
 * without schemas. Safe for many threads.
 */
final class ConnectOutlet implements Outlet {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaOutlet avro = new KafkaOutlet(null);
    private final RecordQueue queue;

    ConnectOutlet(RecordQueue queue) {
        this.queue = queue;
    }

    @Override
    public RecordSender open(KafkaClients kafka, TopicNames names) {
        return new ConnectSender(queue, kafka.producer(), names);
    }

    @Override
    public EventId identity(byte[] value) {
        JsonNode json = json(value);
        if (json == null) {
            return avro.identity(value);
        }
        return new EventId(number(json, "epoch"), number(json, "seq"), number(json, "ordinal"));
    }

    @Override
    public ControlRecord control(byte[] value) {
        JsonNode json = json(value);
        if (json == null) {
            return avro.control(value);
        }
        List<PartitionCount> counts = new ArrayList<>();
        json.path("counts")
                .forEach(count -> counts.add(new PartitionCount(
                        count.path("topic").asText(), (int) number(count, "partition"), number(count, "events"))));
        Map<String, String> details = new LinkedHashMap<>();
        json.path("details")
                .fields()
                .forEachRemaining(
                        detail -> details.put(detail.getKey(), detail.getValue().asText()));
        return new ControlRecord(
                kind(json.path("kind").asText()),
                number(json, "epoch"),
                number(json, "seq"),
                text(json, "position"),
                json.path("tx_id").isNumber() ? json.path("tx_id").asLong() : null,
                number(json, "ts_us"),
                text(json, "origin"),
                number(json, "events"),
                counts,
                number(json, "stored_seq"),
                text(json, "resume_position"),
                details);
    }

    /** Null where the bytes are no JSON, which then must be Avro. */
    private static @Nullable JsonNode json(byte[] value) {
        if (value.length == 0 || value[0] != '{') {
            return null;
        }
        try {
            JsonNode whole = JSON.readTree(new String(value, StandardCharsets.UTF_8));
            return whole.has("payload") && whole.has("schema") ? whole.path("payload") : whole;
        } catch (JsonProcessingException e) {
            throw new MalformedEventException("The record starts like JSON and is none", e);
        }
    }

    private static ControlKind kind(String name) {
        try {
            return ControlKind.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new MalformedEventException("Unknown control record '" + name + "'", e);
        }
    }

    private static long number(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (!value.isNumber()) {
            throw new MalformedEventException("The record has no number '" + name + "'");
        }
        return value.asLong();
    }

    private static @Nullable String text(JsonNode json, String name) {
        return json.path(name).isTextual() ? json.path(name).asText() : null;
    }
}
