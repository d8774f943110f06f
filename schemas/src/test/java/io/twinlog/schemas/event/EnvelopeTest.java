package io.twinlog.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.MalformedEventException;
import io.twinlog.schemas.wire.SingleObject;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    private static final TableShape ORDERS = new TableShape(
            "public",
            "orders",
            ReplicaIdentity.FULL,
            List.of(
                    new ColumnShape("id", XlogType.LONG, "bigint", true),
                    new ColumnShape("amount", XlogType.DECIMAL, "numeric(12,2)", 12, 2, false),
                    new ColumnShape("note", XlogType.TEXT, "text", false),
                    new ColumnShape("at", XlogType.TIMESTAMP, "timestamp with time zone", false)));

    private final EnvelopeWriter writer = new EnvelopeWriter("shop", "0.1", "shopdb", ORDERS);

    private static final TransactionPrefix TRANSACTION =
            new TransactionPrefix(2, 4711, -1_500_001, 815L, "0/16B3790", 1234L, "elsewhere");

    private byte[] update() {
        AvroOutput out = new AvroOutput(16);
        writer.begin(out, Operation.UPDATE, 3, 2, TRANSACTION, 0x16B3748L, List.of("note"), new byte[] {7});
        writer.text(out, null);
        writer.text(out, List.of(new ExactText("at", "infinity")));
        out.writeByte(EnvelopeWriter.PRESENT);
        row(out, 1, "12.34", "old", 5L);
        out.writeByte(EnvelopeWriter.PRESENT);
        row(out, 1, "-0.01", null, null);
        return out.toBytes();
    }

    private static void row(AvroOutput out, long id, String amount, String note, Long at) {
        out.writeByte(2);
        out.writeLong(id);
        out.writeByte(2);
        out.writeBytes(new BigDecimal(amount).unscaledValue().toByteArray());
        if (note == null) {
            out.writeByte(0);
        } else {
            out.writeByte(2);
            out.writeString(note);
        }
        if (at == null) {
            out.writeByte(0);
        } else {
            out.writeByte(2);
            out.writeLong(at);
        }
    }

    @Test
    void a_reader_reads_records_of_alternating_sources() {
        EnvelopeReader reader = new EnvelopeReader(writer.schema());
        EnvelopeWriter other = new EnvelopeWriter("shop2", "0.10", "shopdb", ORDERS);
        for (int round = 0; round < 3; round++) {
            for (EnvelopeWriter source : List.of(writer, other, other)) {
                AvroOutput out = new AvroOutput(16);
                source.begin(out, Operation.DELETE, 3, 2, TRANSACTION, 0x16B3748L, null, null);
                source.text(out, null);
                source.text(out, null);
                out.writeByte(EnvelopeWriter.PRESENT);
                row(out, 7, "12.34", "old", 5L);
                out.writeByte(EnvelopeWriter.ABSENT);

                DataEvent event = reader.read(out.toBytes());

                assertThat(event.id()).isEqualTo(new EventId(2, 4711, 3));
                assertThat(event.before()).isNotNull();
                assertThat(event.before().value(0)).isEqualTo(7L);
                assertThat(event.after()).isNull();
            }
        }
    }

    @Test
    void the_reader_finds_what_the_writer_wrote() {
        DataEvent event = new EnvelopeReader(writer.schema()).read(update());

        assertThat(event.operation()).isEqualTo(Operation.UPDATE);
        assertThat(event.id()).isEqualTo(new EventId(2, 4711, 3));
        assertThat(event.unchanged()).containsExactly("note");
        assertThat(event.linkedKey()).containsExactly(7);
        RowImage before = event.before();
        RowImage after = event.after();
        assertThat(before).isNotNull();
        assertThat(after).isNotNull();
        assertThat(before.value(1)).isEqualTo(new BigDecimal("12.34"));
        assertThat(before.value(2)).isEqualTo("old");
        assertThat(after.value(1)).isEqualTo(new BigDecimal("-0.01"));
        assertThat(after.isNull(2)).isTrue();
        assertThat(after.isNull(3)).isFalse();
        assertThat(after.value(3)).isEqualTo("infinity");
        assertThat(before.sameValue(0, after)).isTrue();
        assertThat(before.sameValue(1, after)).isFalse();
        assertThat(before.sameValue(2, after)).isFalse();
        assertThat(before.sameValue(3, after)).isFalse();
    }

    @Test
    void a_plain_avro_reader_understands_it_in_debeziums_shape() throws Exception {
        byte[] bytes = update();
        Schema published = new Schema.Parser().parse(writer.schema().toString());

        GenericRecord read = new GenericDatumReader<GenericRecord>(published)
                .read(
                        null,
                        DecoderFactory.get()
                                .binaryDecoder(
                                        bytes,
                                        SingleObject.HEADER_BYTES,
                                        bytes.length - SingleObject.HEADER_BYTES,
                                        null));

        assertThat(read.get("op").toString()).isEqualTo("u");
        assertThat(read.get("seq")).isEqualTo(4711L);
        assertThat(read.get("ts_ms")).isEqualTo(1234L);
        assertThat(read.get("origin").toString()).isEqualTo("elsewhere");
        GenericRecord source = (GenericRecord) read.get("source");
        assertThat(source.get("table").toString()).isEqualTo("orders");
        assertThat(source.get("ts_ms")).isEqualTo(-1501L);
        assertThat(source.get("ts_us")).isEqualTo(-1_500_001L);
        assertThat(source.get("txId")).isEqualTo(815L);
        assertThat(source.get("lsn")).isEqualTo(0x16B3748L);
        assertThat(source.get("snapshot")).isNull();
        GenericRecord transaction = (GenericRecord) read.get("transaction");
        assertThat(transaction.get("id").toString()).isEqualTo("815");
        assertThat(transaction.get("total_order")).isEqualTo(3L);
        assertThat(transaction.get("data_collection_order")).isEqualTo(2L);
        assertThat(((GenericRecord) read.get("before")).get("note").toString()).isEqualTo("old");
        assertThat(((GenericRecord) read.get("after")).get("note")).isNull();
    }

    @Test
    void snapshot_rows_and_deletes_have_one_image() {
        EnvelopeReader reader = new EnvelopeReader(writer.schema());
        TransactionPrefix chunk = new TransactionPrefix(1, 1, 0, null, "0/1", null, null);
        AvroOutput out = new AvroOutput(16);
        writer.begin(out, Operation.SNAPSHOT, 1, 1, chunk, 1, null, null);
        writer.text(out, null);
        writer.text(out, null);
        out.writeByte(EnvelopeWriter.ABSENT);
        out.writeByte(EnvelopeWriter.PRESENT);
        row(out, 9, "1.00", "x", 1L);

        DataEvent event = reader.read(out.toBytes());

        assertThat(event.operation()).isEqualTo(Operation.SNAPSHOT);
        assertThat(event.before()).isNull();
        assertThat(event.after()).isNotNull();
        assertThat(event.linkedKey()).isNull();
    }

    @Test
    void fields_of_a_later_version_are_skipped() throws Exception {
        Schema known = writer.schema();
        List<Schema.Field> fields = new java.util.ArrayList<>();
        fields.add(new Schema.Field(
                "later",
                new Schema.Parser()
                        .parse("{\"type\":\"map\",\"values\":[\"null\",{\"type\":\"array\",\"items\":\"double\"}]}")));
        known.getFields().forEach(f -> fields.add(new Schema.Field(f, f.schema())));
        Schema later = Schema.createRecord("Envelope", null, known.getNamespace(), false, fields);
        AvroOutput out = new AvroOutput(16);
        SingleObject.writeHeader(out, 0);
        out.writeLong(1);
        out.writeString("k");
        out.writeLong(1);
        out.writeLong(2);
        out.writeDouble(1);
        out.writeDouble(2);
        out.writeLong(0);
        out.writeLong(0);
        byte[] body = update();
        out.writeRaw(body, SingleObject.HEADER_BYTES, body.length - SingleObject.HEADER_BYTES);

        assertThat(new EnvelopeReader(later).read(out.toBytes()).id()).isEqualTo(new EventId(2, 4711, 3));
    }

    @Test
    void every_truncation_is_refused() {
        EnvelopeReader reader = new EnvelopeReader(writer.schema());
        byte[] bytes = update();
        for (int length = SingleObject.HEADER_BYTES; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> reader.read(cut)).isInstanceOf(MalformedEventException.class);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> reader.read(longer)).hasMessageContaining("follow the end");
    }
}
