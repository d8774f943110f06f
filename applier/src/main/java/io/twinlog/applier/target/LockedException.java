package io.twinlog.applier.target;

/** Another session holds the replication's lock. */
public final class LockedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long session;

    /**
     * @param session the server's number of the session that holds it; 0 if it has just ended
     * @param holder who that is, in words
     */
    public LockedException(long session, String holder) {
        super(holder);
        this.session = session;
    }

    public long session() {
        return session;
    }
}
