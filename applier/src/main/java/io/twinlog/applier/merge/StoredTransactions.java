package io.twinlog.applier.merge;

import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import java.util.ArrayList;
import java.util.List;

/** What the control log says of transactions as a whole: up to where Kafka has them, and which a newer epoch tells otherwise. One thread. */
final class StoredTransactions {

    private final List<ControlRecord> epochs = new ArrayList<>();
    private long epoch;
    private long seq;

    /** Takes in a record, also one whose turn has not come yet. */
    void note(ControlRecord record) {
        if (record.kind() == ControlKind.EPOCH) {
            epochs.add(record);
            note(record.epoch(), record.seq() - 1);
        } else if (record.kind() == ControlKind.END || record.kind() == ControlKind.HEARTBEAT) {
            note(record.epoch(), record.storedSeq());
        }
    }

    private void note(long ofEpoch, long stored) {
        if (ofEpoch > epoch) {
            epoch = ofEpoch;
            seq = stored;
        } else if (ofEpoch == epoch) {
            seq = Math.max(seq, stored);
        }
    }

    /** The highest transaction that is called stored. */
    long seq() {
        return seq;
    }

    boolean isStored(ControlRecord begin) {
        return epoch >= begin.epoch() && seq >= begin.seq() && !isVoid(begin);
    }

    boolean isVoid(ControlRecord begin) {
        for (ControlRecord later : epochs) {
            if (later.epoch() > begin.epoch() && later.seq() <= begin.seq()) {
                return true;
            }
        }
        return false;
    }
}
