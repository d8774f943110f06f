package io.twinlog.schemas;

/**
 * Identity and place of one event in the total order of a replication.
 *
 * @param epoch number of one continuous history of the source, from 1
 * @param seq dense number of a committed transaction (or snapshot chunk), from 1; a new epoch continues the count
 * @param ordinal index of the event within its transaction, from 1; 0 stands for the transaction's BEGIN
 */
public record EventId(long epoch, long seq, long ordinal) implements Comparable<EventId> {

    @Override
    public int compareTo(EventId other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        if (byEpoch != 0) {
            return byEpoch;
        }
        int bySeq = Long.compare(seq, other.seq);
        return bySeq != 0 ? bySeq : Long.compare(ordinal, other.ordinal);
    }

    /** Reads what {@link #toString()} writes, {@code epoch-seq-ordinal}. */
    public static EventId parse(String text) {
        String[] parts = text.split("-", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("An event id has the form epoch-seq-ordinal, not '" + text + "'");
        }
        try {
            return new EventId(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("An event id has the form epoch-seq-ordinal, not '" + text + "'", e);
        }
    }

    @Override
    public String toString() {
        return epoch + "-" + seq + "-" + ordinal;
    }
}
