package io.twinlog.applier;

import java.util.List;

/**
 * A trigger on the progress row, which is written behind the publication of conflicts and before the commit: it ends sessions, or makes them
 * wait, at that very instant. For a twin whose applier has made its tables, and is stopped.
 */
sealed interface CommitTrigger {

    static CommitTrigger of(TargetVendor vendor, Twin twin) {
        return vendor == TargetVendor.POSTGRESQL ? new Postgres(twin) : new Mariadb(twin);
    }

    /** Lets every other commit end its own session, the first {@code kills} times. Counts what no rollback takes back. */
    void endSessions(int kills);

    /** How many commits were tried since. */
    long tried();

    /** Keeps commits waiting while a session has said {@link #shut}. */
    void keepWaiting();

    /** The statement of a session that keeps them waiting until it says {@link #open}. */
    String shut();

    String open();

    /** The sessions that wait. */
    List<String> waiting();

    /** Ends a session that waits, whose transaction is rolled back. */
    void end(String session);

    boolean isThere(String session);

    /** Whether the server has the commit already while the trigger waits: it came with the progress. */
    boolean hasCommitBehind();

    record Postgres(Twin twin) implements CommitTrigger {

        private static final long GATE = 4242;

        private void create(String body) {
            twin.sql(
                    "CREATE FUNCTION before_commit() RETURNS trigger LANGUAGE plpgsql AS $$ " + body + " $$",
                    "CREATE TRIGGER before_commit BEFORE UPDATE OF seq ON twinlog.progress FOR EACH ROW WHEN (NEW.seq IS"
                            + " DISTINCT FROM OLD.seq) EXECUTE FUNCTION before_commit()",
                    "ALTER TABLE twinlog.progress ENABLE ALWAYS TRIGGER before_commit");
        }

        @Override
        public void endSessions(int kills) {
            twin.sql("CREATE SEQUENCE commits");
            create("DECLARE n bigint := nextval('commits'); BEGIN IF n % 2 = 1 AND n < " + 2 * kills
                    + " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END");
        }

        @Override
        public long tried() {
            return Long.parseLong(twin.rows("SELECT last_value FROM commits").get(0));
        }

        @Override
        public void keepWaiting() {
            create("BEGIN PERFORM pg_advisory_xact_lock_shared(" + GATE + "); RETURN NEW; END");
        }

        @Override
        public String shut() {
            return "SELECT pg_advisory_lock(" + GATE + ")";
        }

        @Override
        public String open() {
            return "SELECT pg_advisory_unlock(" + GATE + ")";
        }

        @Override
        public List<String> waiting() {
            return twin.rows("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = " + GATE
                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        }

        @Override
        public void end(String session) {
            twin.end(session);
        }

        @Override
        public boolean isThere(String session) {
            return !twin.rows("SELECT pid FROM pg_stat_activity WHERE pid = " + session)
                    .isEmpty();
        }

        @Override
        public boolean hasCommitBehind() {
            return true;
        }
    }

    /** MySQL too. The commit is sent when the row is known to be written. */
    record Mariadb(Twin twin) implements CommitTrigger {

        private void create(String body) {
            twin.sql("CREATE TRIGGER twinlog.before_commit BEFORE UPDATE ON twinlog.progress FOR EACH ROW BEGIN IF"
                    + " NEW.seq <> OLD.seq THEN " + body + " END IF; END");
        }

        @Override
        public void endSessions(int kills) {
            // MyISAM knows no rollback.
            twin.sql("CREATE TABLE commits (n bigint) ENGINE = MyISAM", "INSERT INTO commits VALUES (0)");
            create("UPDATE public.commits SET n = n + 1; IF (SELECT n % 2 = 1 AND n < " + 2 * kills
                    + " FROM public.commits) THEN KILL CONNECTION_ID(); END IF;");
        }

        @Override
        public long tried() {
            return Long.parseLong(twin.rows("SELECT n FROM commits").get(0));
        }

        @Override
        public void keepWaiting() {
            create("DO GET_LOCK('gate', 100); DO RELEASE_LOCK('gate');");
        }

        @Override
        public String shut() {
            return "SELECT GET_LOCK('gate', 100)";
        }

        @Override
        public String open() {
            return "SELECT RELEASE_LOCK('gate')";
        }

        @Override
        public List<String> waiting() {
            return twin.rows("SELECT id FROM information_schema.processlist WHERE state = 'User lock'");
        }

        @Override
        public void end(String session) {
            twin.end(session);
        }

        @Override
        public boolean isThere(String session) {
            return !twin.rows("SELECT id FROM information_schema.processlist WHERE id = " + session)
                    .isEmpty();
        }

        @Override
        public boolean hasCommitBehind() {
            return false;
        }
    }
}
