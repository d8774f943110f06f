package io.twinlog.capture.mariadb.value;

import io.twinlog.capture.mariadb.binlog.LogBytes;
import io.twinlog.capture.mariadb.binlog.TableMap;
import io.twinlog.capture.row.Tuple;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads row images of one table version from the binlog, as the text that the server itself prints. Not thread-safe.
 *
 * <p>Source of the formats: MariaDB, sql/log_event.cc ({@code log_event_print_value}), sql/compat56.cc, strings/decimal.c.
 */
public final class RowDecoder {

    private final List<LoggedColumn> columns;

    /** @param types of the columns, which the log alone does not always tell */
    public RowDecoder(TableMap map, List<MariadbType> types, CharacterSets sets) {
        List<LoggedColumn> all = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            TableMap.Column column = map.columns().get(i);
            all.add(new LoggedColumn(column, types.get(i), sets, map.table() + "." + column.name()));
        }
        this.columns = List.copyOf(all);
    }

    /** Reads the image at the cursor into the tuple, whose text goes to the buffer. */
    public void decode(LogBytes image, TextBuffer text, Tuple tuple) {
        int count = columns.size();
        int nulls = image.skip((count + 7) / 8);
        byte[] bytes = image.array();
        text.reset();
        tuple.reset(text.bytes());
        for (int i = 0; i < count; i++) {
            if ((bytes[nulls + i / 8] & 1 << i % 8) != 0) {
                tuple.add(Tuple.NULL, 0, 0);
            } else {
                int from = text.size();
                columns.get(i).append(image, text);
                tuple.add(Tuple.TEXT, from, text.size() - from);
            }
        }
        tuple.moved(text.bytes());
    }

    static TwinlogException unknown(String column, int type) {
        return new TwinlogException(
                Category.SCHEMA,
                "Column " + column + " has a type that cannot be captured (binlog type " + type
                        + "): a COMPRESSED column, or a time in the format of before 10.1.2. Rebuild the column without it"
                        + " (ALTER TABLE ... MODIFY ...; ALTER TABLE ... FORCE), or exclude the table.");
    }
}
