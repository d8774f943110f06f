package io.twinlog.cli.status;

import io.twinlog.capture.SourceView;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Parts;
import io.twinlog.schemas.Lsn;
import org.jspecify.annotations.Nullable;

/** The source as a witness: its position and its slot. Stateless. */
final class SourceWitness {

    private SourceWitness() {}

    static SourceFacts facts(TwinlogConfiguration configuration) {
        try (SourceView view = new SourceView(Parts.captureConfig(configuration))) {
            return new SourceFacts(view.walPosition(), slot(view.slot()), view.detection());
        }
    }

    /** Writes a barrier into the source's log and returns its position. */
    static String emitBarrier(TwinlogConfiguration configuration, String token) {
        try (SourceView view = new SourceView(Parts.captureConfig(configuration))) {
            return view.emitBarrier(token);
        }
    }

    private static StatusReport.@Nullable Slot slot(@Nullable SlotFacts facts) {
        if (facts == null) {
            return null;
        }
        Long confirmed = facts.confirmed();
        return new StatusReport.Slot(
                facts.name(),
                facts.activePid() != null,
                facts.walStatus(),
                confirmed == null ? null : Lsn.format(confirmed),
                facts.retainedBytes(),
                facts.safeWalSize());
    }
}
