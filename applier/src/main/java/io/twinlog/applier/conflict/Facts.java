package io.twinlog.applier.conflict;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy may ask about a conflict. The row is locked meanwhile; every answer may cost a round trip, so policies ask for what
 * they need only.
 */
public interface Facts {

    /** Columns of the target row that differ from the before image. */
    List<String> differing();

    /** Whether the source logged the whole row before the change. */
    boolean hasBefore();

    /** Whether the event tells every column of the row it writes. */
    boolean isWhole();

    /** Sign of the event's value of a column minus the target row's; null is less than any value. */
    int compareColumn(String column) throws SQLException;

    /** Sign of the event's commit time minus that of the target row; null where the target does not know it. */
    @Nullable
    Integer compareCommitTime() throws SQLException;

    /** Sign of the source's identity compared with the target's: the same answer at both sides of a two-way replication. */
    int compareSites() throws SQLException;

    /** Where the event was first made: {@code source}, or the name of a replication origin. */
    String eventOrigin();

    /** Who wrote the target row: {@code source}, {@code target}, or the name of a replication origin; null if not known. */
    @Nullable
    String rowOrigin() throws SQLException;
}
