package io.twinlog.cli.demo;

import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The database of the demonstration on one server: accounts, and transfers between them. Stateless but for its server. */
record Shop(EmbeddedServer server) {

    static final String DATABASE = "shop";
    static final int ACCOUNTS = 50_000;

    private static final String[] TABLES = {
        "CREATE TABLE account (id integer PRIMARY KEY, owner text NOT NULL, balance numeric(12,2) NOT NULL)",
        "CREATE TABLE transfer (id bigint PRIMARY KEY, payer integer NOT NULL, payee integer NOT NULL,"
                + " amount numeric(12,2) NOT NULL, made timestamptz NOT NULL DEFAULT now())"
    };

    /** What a table holds, in a form that two servers can compare: rows, and a checksum over every value. */
    record Content(long rows, String checksum) {}

    void createTables() {
        server.execute(DATABASE, TABLES);
    }

    void fill() {
        server.execute(
                DATABASE,
                // The whole old row goes to the log, so that a changed target row is noticed.
                "ALTER TABLE account REPLICA IDENTITY FULL",
                "ALTER TABLE transfer REPLICA IDENTITY FULL",
                "INSERT INTO account SELECT i, 'customer ' || i, 100 FROM generate_series(1, " + ACCOUNTS + ") i",
                "ANALYZE account");
    }

    Connection connect() throws SQLException {
        return server.connect(DATABASE);
    }

    long rows(String table) throws SQLException {
        return Long.parseLong(value("SELECT count(*) FROM " + table));
    }

    /** The money in all accounts; no transfer changes it. */
    String money() throws SQLException {
        return value("SELECT sum(balance) FROM account");
    }

    Content content(String table) throws SQLException {
        return new Content(
                rows(table),
                value("SELECT coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM " + table + " t"));
    }

    String value(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
