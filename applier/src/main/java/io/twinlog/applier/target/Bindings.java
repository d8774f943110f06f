package io.twinlog.applier.target;

import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Bindings by table version, read from the catalog when a version is first met. The catalog is read over a connection of its
 * own that lives only for that, since the writing one may be in the middle of a transaction. Safe for many threads.
 */
public final class Bindings<C extends TargetColumn> {

    /** Opens a connection to the target. */
    @FunctionalInterface
    public interface Connector {
        Connection connect() throws SQLException;
    }

    /** Reads the catalog and binds a table version to what it finds. */
    @FunctionalInterface
    public interface Binder<C extends TargetColumn> {
        TableBinding<C> bind(Connection connection, TableShape shape) throws SQLException;
    }

    private final Connector connector;
    private final Binder<C> binder;
    private final Map<TableShape, TableBinding<C>> bindings = new IdentityHashMap<>();

    public Bindings(Connector connector, Binder<C> binder) {
        this.connector = connector;
        this.binder = binder;
    }

    /**
     * The binding of a table version.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException category SCHEMA if the target does not fit
     * @throws CatalogException if the catalog cannot be read
     */
    public synchronized TableBinding<C> find(TableShape shape) {
        TableBinding<C> known = bindings.get(shape);
        if (known == null) {
            try (Connection connection = connector.connect()) {
                known = binder.bind(connection, shape);
            } catch (SQLException e) {
                throw new CatalogException(e);
            }
            bindings.put(shape, known);
        }
        return known;
    }
}
