package io.twinlog.capture.postgres.connection;

import io.twinlog.schemas.database.Answered;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that nobody is left at the other end of a stream that nobody has closed: the source's host is gone or frozen, or the
 * network drops what is sent. TCP alone would take many minutes for that.
 *
 * <p>Silence proves nothing, since a walsender that decodes a long transaction neither sends nor answers. So a silent source is
 * first asked for a keep-alive, then looked for on a second connection: if the walsender is there still, it is waited for, for
 * ever. {@link #heard} and {@link #idle} belong to the thread that reads the stream, and only the time counts that it has spent
 * waiting; a thread of the watch's own looks, since to connect may take long.
 */
final class SourceWatch implements AutoCloseable {

    /**
     * How patient a watch is.
     *
     * @param ask silence after which a keep-alive is asked for
     * @param look silence after which the walsender is looked for
     * @param absent for how long no server must have answered until the source counts as gone
     */
    record Patience(Duration ask, Duration look, Duration absent) {
        static final Patience USUAL =
                new Patience(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10));
    }

    private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);
    private static final long PAUSE_MILLIS = 1000;

    private final SourceAddress address;
    private final String slot;
    private final int walsender;
    private final Patience patience;
    private final String name;
    private long quietSince;
    private volatile @Nullable Search search;

    /** @param walsender process id of the server process at the other end */
    SourceWatch(SourceAddress address, String slot, int walsender, Patience patience, String name) {
        this.address = address;
        this.slot = slot;
        this.walsender = walsender;
        this.patience = patience;
        this.name = name;
    }

    /** Something came. */
    void heard() {
        if (quietSince != 0) {
            quietSince = 0;
            close();
        }
    }

    /**
     * Nothing came for a moment.
     *
     * @return whether the source is to be asked for a keep-alive
     * @throws IOException if the source is gone
     */
    boolean idle(long now) throws IOException {
        if (quietSince == 0) {
            quietSince = now;
        }
        long quiet = now - quietSince;
        Search looking = search;
        if (looking != null) {
            String finding = looking.finding;
            if (finding != null) {
                throw new IOException(
                        "nothing came for " + Duration.ofNanos(quiet).toSeconds() + " s, and " + finding);
            }
        } else if (quiet > patience.look.toNanos()) {
            Search begun = new Search();
            search = begun;
            begun.start();
        }
        return quiet > patience.ask.toNanos();
    }

    /** Looks no longer. */
    @Override
    public void close() {
        Search looking = search;
        search = null;
        if (looking != null) {
            looking.interrupt();
        }
    }

    /** Looks for the walsender until it is found to be gone, or is heard of. */
    private final class Search extends Thread {
        private volatile @Nullable String finding;
        private long absentSince;
        private boolean told;

        Search() {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (search == this && finding == null) {
                    finding = look();
                    // A source that is there may be silent for hours: it is not asked every second.
                    sleep(absentSince == 0 ? patience.look.toMillis() : PAUSE_MILLIS);
                }
            } catch (InterruptedException e) {
                LOG.debug("The source was heard of, or the stream is closed");
            }
        }

        private @Nullable String look() {
            long began = System.nanoTime();
            try {
                Integer active = activeProcess();
                absentSince = 0;
                if (active == null || active != walsender) {
                    return "its process " + walsender + " does not serve slot " + slot + " any more";
                }
                tell("process " + walsender + " lives, as it does while it decodes a long transaction");
            } catch (SQLException e) {
                if (Answered.byServer(e)) {
                    absentSince = 0;
                    tell("the server answers (SQLSTATE " + e.getSQLState() + ")");
                    return null;
                }
                if (absentSince == 0) {
                    absentSince = began;
                }
                if (System.nanoTime() - absentSince > patience.absent.toNanos()) {
                    return "no server answers at its address";
                }
            }
            return null;
        }

        private void tell(String what) {
            if (!told) {
                told = true;
                LOG.info("Nothing has come from the source for some time; {}. Waiting.", what);
            }
        }

        private @Nullable Integer activeProcess() throws SQLException {
            try (Connection connection = address.openBriefly(patience.absent.dividedBy(2));
                    PreparedStatement statement = connection.prepareStatement(
                            "SELECT active_pid FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
                statement.setString(1, slot);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? row.getObject(1, Integer.class) : null;
                }
            }
        }
    }
}
