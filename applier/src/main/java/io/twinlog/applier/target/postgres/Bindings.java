package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Bindings by table version, read from the catalog when a version is first met. The catalog is read over a connection of its
 * own that lives only for that, since the writing one may be in the middle of a transaction. Safe for many threads.
 */
public final class Bindings {

    /** Opens a connection to the target. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws SQLException;
    }

    /** Carries a database error through code that is no database code. */
    public static final class CatalogException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final SQLException failure;

        CatalogException(SQLException failure) {
            super(failure);
            this.failure = failure;
        }

        public SQLException failure() {
            return failure;
        }
    }

    private final Connector connector;
    private final Map<TableShape, TableBinding> bindings = new IdentityHashMap<>();

    Bindings(Connector connector) {
        this.connector = connector;
    }

    synchronized TableBinding find(TableShape shape) {
        TableBinding known = bindings.get(shape);
        if (known == null) {
            try (Connection connection = connector.connect()) {
                known = TableBinding.of(shape, Catalog.load(connection, shape.id()));
            } catch (SQLException e) {
                throw new CatalogException(e);
            }
            bindings.put(shape, known);
        }
        return known;
    }
}
