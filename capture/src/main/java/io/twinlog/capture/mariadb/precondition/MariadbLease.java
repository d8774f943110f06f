package io.twinlog.capture.mariadb.precondition;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * At most one capture per replication: a lock by name, held by a connection of its own. Owned by one thread.
 *
 * <p>The server ends the connection of a holder that has not been heard of for 30 s, and with it the lock.
 */
public final class MariadbLease implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration PROOF_OF_LIFE = Duration.ofSeconds(6);
    private static final int SILENCE_SECONDS = 30;
    private static final int MAX_LENGTH = 64;
    private static final long LOOK_MILLIS = 100;

    private final Connection connection;
    private final String name;

    private MariadbLease(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /**
     * Takes the lease.
     *
     * @param connection is owned by the lease from now on
     * @throws TwinlogException CONFIG naming the holder
     */
    public static MariadbLease acquire(
            Connection connection, String replication, BooleanSupplier stopped, Consumer<String> messages)
            throws SQLException, InterruptedException {
        MariadbLease lease = new MariadbLease(connection, lockName(replication));
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wait_timeout = " + SILENCE_SECONDS);
        }
        long start = System.nanoTime();
        boolean told = false;
        while (!"1".equals(lease.ask("SELECT GET_LOCK(?, 0)"))) {
            String holder = lease.ask("SELECT IS_USED_LOCK(?)");
            if (holder != null) {
                long waited = System.nanoTime() - start;
                Integer idle = lease.idleSeconds(holder);
                if (!told) {
                    told = true;
                    messages.accept("Connection " + holder + " of the source holds replication " + replication
                            + ". Waiting to see whether it is alive.");
                }
                boolean alive = waited > PROOF_OF_LIFE.toNanos() && idle != null && idle <= 3;
                if (alive || waited > PATIENCE.toNanos()) {
                    throw new TwinlogException(
                            Category.CONFIG,
                            "Replication " + replication + " is captured already: connection " + holder
                                    + " of the source holds it. Only one capture may run; stop the other one, or end its"
                                    + " connection with KILL " + holder + ".");
                }
            }
            if (stopped.getAsBoolean()) {
                throw new InterruptedException("Stopped while waiting for the lease");
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return lease;
    }

    static String lockName(String replication) {
        String plain = "twinlog " + replication;
        if (plain.length() <= MAX_LENGTH) {
            return plain;
        }
        CRC32 crc = new CRC32();
        crc.update(plain.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return plain.substring(0, MAX_LENGTH - 9) + String.format("_%08x", crc.getValue());
    }

    /**
     * Shows the server that we live.
     *
     * @throws TwinlogException OUTAGE if the lease was lost
     */
    public void check() throws SQLException {
        if (!"1".equals(ask("SELECT IS_USED_LOCK(?) = CONNECTION_ID()"))) {
            throw new TwinlogException(Category.OUTAGE, "The lease of the replication was lost");
        }
    }

    private @Nullable String ask(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** How long a connection has done nothing; null if it may not be seen. */
    private @Nullable Integer idleSeconds(String id) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT TIME FROM information_schema.PROCESSLIST WHERE ID = ?")) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : null;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
