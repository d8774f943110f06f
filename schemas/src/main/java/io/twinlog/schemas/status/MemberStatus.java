package io.twinlog.schemas.status;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a member says about itself; key of the status topic is {@code role}. Immutable.
 *
 * @param role {@code capture} or {@code applier}
 * @param member host name and process id, such as {@code db1:4711}
 * @param state its state
 * @param reason why it is in that state, one sentence without row values; or null
 * @param sinceMicros when it entered the state, microseconds since 1970
 * @param timeMicros when this was written, microseconds since 1970
 * @param details positions and counts by name, as text: epoch, seq, position, events, conflicts ...
 */
public record MemberStatus(
        String role,
        String member,
        MemberState state,
        @Nullable String reason,
        long sinceMicros,
        long timeMicros,
        Map<String, String> details) {

    public MemberStatus {
        details = Map.copyOf(details);
    }
}
