package io.twinlog.cli.monitor;

import io.twinlog.cli.run.Part;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the parts of this process do their work now.
 *
 * @param healthy all of them do
 */
public record Health(boolean healthy, List<Role> parts) {

    /** One part, by its own words. */
    public record Role(
            String role, MemberState state, @Nullable String reason) {}

    static Health of(List<Part> parts) {
        List<Role> roles = parts.stream()
                .map(Part::status)
                .map(status -> new Role(status.role(), status.state(), status.reason()))
                .toList();
        return new Health(!roles.isEmpty() && parts.stream().map(Part::status).allMatch(Health::works), roles);
    }

    private static boolean works(MemberStatus status) {
        return switch (status.state()) {
            case PRIMARY, SECONDARY, RECOVERING, STARTUP2 -> true;
            case STARTUP, PAUSED, STALE, DOWN, UNKNOWN, REMOVED, ROLLBACK -> false;
        };
    }
}
