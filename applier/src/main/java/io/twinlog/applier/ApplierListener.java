package io.twinlog.applier;

import io.twinlog.schemas.status.MemberStatus;

/** Hears what the applier does. Called from its threads; must return quickly. */
public interface ApplierListener {

    /** The state changed. */
    void state(MemberStatus status);

    /** Something an operator should read: a decision or trouble, in one line without row values. */
    void message(String line);
}
