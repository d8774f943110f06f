package io.twinlog.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notes when rows with growing ids become visible at a target, about every millisecond. Commit timestamps of the target would
 * be more exact, but native replication writes the source's there.
 */
final class ArrivalWatch implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(1);

    private record Sighting(long id, double millis) {}

    private final Connection connection;
    private final List<Sighting> sightings = new ArrayList<>();
    private final Thread thread = new Thread(this::watch, "arrival-watch");
    private volatile boolean closed;
    private volatile @Nullable SQLException failure;

    ArrivalWatch(Connection connection) {
        this.connection = connection;
        thread.start();
    }

    private void watch() {
        try (PreparedStatement query = connection.prepareStatement("SELECT max(id) FROM bench")) {
            long last = 0;
            while (!closed) {
                try (ResultSet rows = query.executeQuery()) {
                    rows.next();
                    long id = rows.getLong(1);
                    if (id > last) {
                        Instant now = Instant.now();
                        sightings.add(new Sighting(id, now.getEpochSecond() * 1000.0 + now.getNano() / 1e6));
                        last = id;
                    }
                }
                LockSupport.parkNanos(INTERVAL.toNanos());
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    /** When each of the ascending ids was first seen, in milliseconds since 1970. Call after {@link #close()}. */
    List<Double> firstSeen(List<Long> ids) {
        List<Double> times = new ArrayList<>(ids.size());
        int at = 0;
        for (long id : ids) {
            while (at < sightings.size() && sightings.get(at).id() < id) {
                at++;
            }
            if (at == sightings.size()) {
                throw new IllegalStateException("Row " + id + " was never seen at the target");
            }
            times.add(sightings.get(at).millis());
        }
        return times;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SQLException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("The target could not be watched", failed);
        }
    }
}
