package io.twinlog.applier.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * How a database wants to be told what we do with the tables of our own, in schema (MariaDB: database) {@code twinlog}. Everything else is said in
 * words that all of them understand: names in double quotes where they are reserved words of one of them. Stateless, safe for many threads.
 */
public interface Dialect {

    Dialect POSTGRESQL = new PostgresDialect();

    Dialect MARIADB = new MariadbDialect("utf8mb4_nopad_bin");

    Dialect MYSQL = new MysqlDialect();

    /** Of the database that a connection leads to. */
    static Dialect of(Connection connection) throws SQLException {
        if (connection.isWrapperFor(PGConnection.class)) {
            return POSTGRESQL;
        }
        return connection.getMetaData().getDatabaseProductVersion().contains("MariaDB") ? MARIADB : MYSQL;
    }

    /** That connects to the database that a JDBC URL names: MariaDB's for MySQL too, whose kind only its server tells. */
    static Dialect ofUrl(String url) {
        return url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:") ? MARIADB : POSTGRESQL;
    }

    /**
     * Connects; the session understands what this class says, and has no other setting.
     *
     * @param applicationName what the server may show of it
     */
    Connection connect(String url, String user, String password, String applicationName) throws SQLException;

    /** Locks out everybody else who wants to create the tables. */
    void lockCreation(Statement statement) throws SQLException;

    void unlockCreation(Statement statement) throws SQLException;

    /**
     * A statement that creates a table.
     *
     * @param template with {@code {replication}}, {@code {name}}, {@code {chain}}, {@code {topic}}, {@code {text}}, {@code {key}},
     *     {@code {bytes}}, {@code {time}}, {@code {now}}, {@code {identity}} and {@code {storage}} in place of types and clauses
     */
    String ddl(String template);

    /**
     * Creates an index of a table of schema {@code twinlog} unless it exists.
     *
     * @param columns as they stand in brackets
     */
    default void createIndex(Statement statement, String name, String table, String columns) throws SQLException {
        statement.execute("CREATE INDEX IF NOT EXISTS " + name + " ON twinlog." + table + " (" + columns + ")");
    }

    /** How many of these tables of schema {@code twinlog} there are. */
    int count(Connection connection, Collection<String> tables) throws SQLException;

    /** How many tables schema {@code twinlog} has. */
    int count(Connection connection) throws SQLException;

    /** An insert of one row that does nothing where its key exists. */
    String insertIfAbsent(String table, String columns, String values);

    /** A time of the database; null for null. */
    @Nullable
    Instant instant(ResultSet row, int column) throws SQLException;

    /** Inserts rows in their order, with the replication in a column of its own. */
    void insert(Connection connection, String table, String replication, RowSet rows) throws SQLException;

    /**
     * The same where rows may exist: they are overwritten.
     *
     * @param key the columns of the key but for the replication
     */
    void upsert(Connection connection, String table, String replication, RowSet rows, List<String> key)
            throws SQLException;

    /** Deletes the rows of the replication that hold these values; how many. */
    int delete(Connection connection, String table, String replication, RowSet rows) throws SQLException;

    /**
     * Locks the rows of the replication that hold these values until the end of the transaction.
     *
     * @param order columns by which they are locked and given, so that two who lock several do not lock each other out
     * @param columns what is given of each
     */
    void lock(
            Connection connection,
            String table,
            String replication,
            RowSet rows,
            List<String> order,
            List<String> columns,
            RowReader reader)
            throws SQLException;

    /** Takes rows of a result. */
    @FunctionalInterface
    interface RowReader {
        void row(ResultSet row) throws SQLException;
    }
}
