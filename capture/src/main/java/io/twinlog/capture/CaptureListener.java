package io.twinlog.capture;

import io.twinlog.schemas.status.MemberStatus;

/** Hears how a capture fares. Called from several threads, one at a time. */
public interface CaptureListener {

    /** Every two seconds and whenever the state changes. */
    void state(MemberStatus status);

    /** Progress and decisions, for humans; also logged. */
    void message(String line);
}
