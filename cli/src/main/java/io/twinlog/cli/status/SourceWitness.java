package io.twinlog.cli.status;

import io.twinlog.capture.SourceView;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Parts;
import org.jspecify.annotations.Nullable;

/** The source as a witness: its position and its slot. Stateless. */
final class SourceWitness {

    private SourceWitness() {}

    static SourceFacts facts(TwinlogConfiguration configuration) {
        try (SourceView view = SourceView.open(Parts.captureConfig(configuration))) {
            return new SourceFacts(view.end(), slot(view.bookmark()), view.detection());
        }
    }

    /** Writes a barrier into the source's log and returns its position. */
    static String emitBarrier(TwinlogConfiguration configuration, String token) {
        try (SourceView view = SourceView.open(Parts.captureConfig(configuration))) {
            return view.emitBarrier(token);
        }
    }

    /** Whether positions of the server that the control log knows by this name can be compared with the source's. */
    static boolean sharesLogWith(TwinlogConfiguration configuration, String systemId) {
        try (SourceView view = SourceView.open(Parts.captureConfig(configuration))) {
            return view.sharesLogWith(systemId);
        }
    }

    private static StatusReport.@Nullable Slot slot(SourceView.@Nullable Bookmark facts) {
        if (facts == null) {
            return null;
        }
        return new StatusReport.Slot(
                facts.name(),
                facts.active(),
                facts.status(),
                facts.confirmed(),
                facts.retainedBytes(),
                facts.safeBytes());
    }
}
