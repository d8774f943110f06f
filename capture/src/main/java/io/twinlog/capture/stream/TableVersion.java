package io.twinlog.capture.stream;

import io.twinlog.capture.publish.DataTopic;
import io.twinlog.capture.row.RowEncoder;
import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;

/** One version of a table with all that encoding its rows takes. Owned by the capturing thread. */
public record TableVersion(TableShape shape, RowEncoder encoder, EnvelopeWriter envelope, DataTopic topic) {

    public TableId id() {
        return topic.table();
    }
}
