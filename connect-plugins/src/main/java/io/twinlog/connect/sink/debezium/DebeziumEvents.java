package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Makes xlog events of Debezium's, and remembers the versions of its tables. Not thread-safe. */
final class DebeziumEvents {

    private final String replication;
    private final Consumer<Schema> newSchema;
    private final Map<List<Object>, DebeziumTable> tables = new HashMap<>();
    private final Set<String> full = new HashSet<>();

    /** @param newSchema hears of each schema before the first event that has it */
    DebeziumEvents(String replication, Consumer<Schema> newSchema) {
        this.replication = replication;
        this.newSchema = newSchema;
    }

    /** @throws TwinlogException if the table, or a value, has no place in the xlog */
    XlogEvent of(SinkRecord record, TransactionPrefix prefix, long ordinal) {
        try {
            return table(record).event(record, prefix, ordinal);
        } catch (DataException e) {
            Place place = Place.of(record);
            throw new TwinlogException(
                    Category.CONFIG,
                    "The record at offset " + place.offset() + " of " + place.partition() + " cannot be applied: "
                            + e.getMessage(),
                    e);
        }
    }

    private DebeziumTable table(SinkRecord record) {
        Struct envelope = (Struct) record.value();
        Operation operation = DebeziumTable.operation(envelope);
        if (operation == Operation.UPDATE && envelope.getStruct("before") != null) {
            full.add(record.originalTopic());
        }
        // With REPLICA IDENTITY DEFAULT a delete's image holds made-up values besides the key.
        ReplicaIdentity identity = operation == Operation.UPDATE && envelope.getStruct("before") == null
                        || operation == Operation.DELETE && !full.contains(record.originalTopic())
                ? ReplicaIdentity.KEY
                : ReplicaIdentity.FULL;
        List<Object> version = new ArrayList<>();
        version.add(identity);
        version.add(record.valueSchema());
        version.add(String.valueOf(record.keySchema())
                + (record.keySchema() == null ? "" : record.keySchema().fields()));
        DebeziumTable table = tables.get(version);
        if (table == null) {
            table = new DebeziumTable(replication, record, identity);
            table.schemas().forEach(newSchema);
            tables.put(version, table);
        }
        return table;
    }
}
