package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Whether PostgreSQL has a place for the tables of any source, asked before there are events. Stateless. */
public final class PostgresPlace {

    private PostgresPlace() {}

    /** The statements that make the target fit a table; empty if it does. */
    public static List<String> remedies(Connection target, TableShape shape) throws SQLException {
        return TableFit.remedies(shape, Catalog.load(target, shape.id()));
    }
}
