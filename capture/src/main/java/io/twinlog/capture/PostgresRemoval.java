package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;

/** Removes what a replication owns at a PostgreSQL source: slot and publication. */
final class PostgresRemoval {

    private static final String OBJECT_IN_USE = "55006";
    private static final int ATTEMPTS = 20;

    private final SourceNames names;
    private final SourceAddress source;
    private final Consumer<String> messages;

    PostgresRemoval(SourceNames names, SourceAddress source, Consumer<String> messages) {
        this.names = names;
        this.source = source;
        this.messages = messages;
    }

    void run() throws SQLException {
        try (Connection connection = source.open()) {
            dropSlot(connection, names, messages);
            if (Publication.find(connection, names.publication()) != null) {
                Publication.execute(connection, "DROP PUBLICATION " + CatalogTable.quote(names.publication()));
                messages.accept("Dropped publication " + names.publication());
            }
        }
    }

    /** Drops the slot if there is one; waits a moment for a session that is just ending. */
    static void dropSlot(Connection connection, SourceNames names, Consumer<String> messages) throws SQLException {
        SlotFacts slot = SlotFacts.find(connection, names.slot());
        if (slot == null) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                Publication.execute(connection, "SELECT pg_catalog.pg_drop_replication_slot('" + names.slot() + "')");
                messages.accept("Dropped replication slot " + names.slot());
                return;
            } catch (SQLException e) {
                if (!OBJECT_IN_USE.equals(e.getSQLState())) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    SlotFacts held = SlotFacts.find(connection, names.slot());
                    throw new TwinlogException(
                            Category.CONFIG,
                            "Replication slot " + names.slot() + " is in use"
                                    + (held == null
                                            ? ""
                                            : " by pid " + held.activePid() + ", application '" + held.application()
                                                    + "', client " + held.client())
                                    + ". Stop the capture first.",
                            e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(250);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TwinlogException(Category.OUTAGE, "Interrupted while waiting for the slot", e);
        }
    }
}
