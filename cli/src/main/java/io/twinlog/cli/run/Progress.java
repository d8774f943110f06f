package io.twinlog.cli.run;

import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the parts have to say, as lines with the time; a state is told when it changes. Any thread may call. */
public final class Progress {

    private final PrintWriter out;
    private final Map<String, String> told = new HashMap<>();

    public Progress(PrintWriter out) {
        this.out = out;
    }

    public synchronized void state(MemberStatus status) {
        MemberState state = status.state();
        String text = status.reason() == null ? state.name() : state + ": " + status.reason();
        if (!Objects.equals(told.put(status.role(), text), text)) {
            message(status.role(), text);
        }
    }

    public synchronized void message(String role, String line) {
        out.printf(Locale.ROOT, "%s %-7s  %s%n", LocalTime.now().truncatedTo(ChronoUnit.SECONDS), role, line);
        out.flush();
    }
}
