package io.twinlog.applier.target;

import io.twinlog.applier.conflict.Facts;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.RowImage;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers a policy's questions about one locked row. Used for one decision. */
final class RowFacts implements Facts {

    private final RowStatements texts;
    private final String replication;
    private final TableBinding<?> binding;
    private final NetChange change;
    private final RowImage key;
    private final List<String> differing;
    private final @Nullable ControlRecord begin;
    private RowStatements.@Nullable Provenance provenance;

    /**
     * @param key holds the key of the target's row
     * @param begin of the event's transaction, or null
     */
    RowFacts(
            RowStatements texts,
            String replication,
            TableBinding<?> binding,
            NetChange change,
            RowImage key,
            List<String> differing,
            @Nullable ControlRecord begin) {
        this.texts = texts;
        this.replication = replication;
        this.binding = binding;
        this.change = change;
        this.key = key;
        this.differing = differing;
        this.begin = begin;
    }

    @Override
    public List<String> differing() {
        return differing;
    }

    @Override
    public boolean hasBefore() {
        return change.guard() != null;
    }

    @Override
    public boolean isWhole() {
        return change.effect() != NetChange.Effect.DELETE && change.after().isWhole();
    }

    // A delete has no new value: what it saw is compared with what is there.
    @Override
    public int compareColumn(String column) throws SQLException {
        int index = binding.shape().indexOf(column);
        if (index < 0 || binding.column(index) == null) {
            throw new SQLException(
                    "Column " + column + " of a conflict rule is not replicated in table "
                            + binding.shape().qualifiedName(),
                    "42703");
        }
        RowImage image = change.effect() == NetChange.Effect.DELETE
                ? change.guard()
                : change.after().source(index);
        return texts.compare(binding.shape(), key, index, image == null ? null : ValueText.of(image, index));
    }

    private RowStatements.Provenance provenance() throws SQLException {
        RowStatements.Provenance known = provenance;
        if (known == null) {
            known = texts.provenance(binding.shape(), key);
            provenance = known;
        }
        return known;
    }

    @Override
    public @Nullable Integer compareCommitTime() throws SQLException {
        Long present = provenance().commitMicros();
        return present == null || begin == null ? null : Long.compare(begin.timeMicros(), present);
    }

    @Override
    public int compareSites() throws SQLException {
        return texts.compareSites(replication);
    }

    @Override
    public String eventOrigin() {
        String origin = begin == null ? null : begin.origin();
        return origin == null ? "source" : origin;
    }

    @Override
    public @Nullable String rowOrigin() throws SQLException {
        RowStatements.Provenance known = provenance();
        if (known.local()) {
            return "target";
        }
        String origin = known.origin();
        boolean ours = ("twinlog_" + replication).equals(origin)
                || TargetSession.replayOrigin(replication).equals(origin);
        return ours ? "source" : origin;
    }
}
