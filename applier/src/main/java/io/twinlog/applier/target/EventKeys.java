package io.twinlog.applier.target;

import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.held.HeldKey;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.NameEscape;
import io.twinlog.schemas.wire.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which table and keys an event is about, as far as can be told, even where it cannot be decoded. Stateless. */
final class EventKeys {

    private EventKeys() {}

    static TableId table(XlogEvent event) {
        if (event.data() != null) {
            return event.data().shape().id();
        }
        String topic = event.partition().topic();
        String[] parts = topic.split("\\.", 3);
        return parts.length == 3
                ? new TableId(NameEscape.unescape(parts[1]), NameEscape.unescape(parts[2]))
                : new TableId("", topic);
    }

    /** The key, or null for a TRUNCATE and where the record has none. */
    static @Nullable HeldKey key(XlogEvent event) {
        byte[] key = event.key();
        return key == null || !RecordHeader.isPresent(key) ? null : HeldKey.of(table(event), key);
    }

    static List<HeldKey> keys(Unit unit) {
        List<HeldKey> keys = new ArrayList<>(2);
        for (XlogEvent event : unit.events()) {
            HeldKey key = key(event);
            if (key != null) {
                keys.add(key);
            }
        }
        return keys;
    }
}
