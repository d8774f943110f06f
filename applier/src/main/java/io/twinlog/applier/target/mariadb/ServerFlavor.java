package io.twinlog.applier.target.mariadb;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What differs between the servers of this kind as targets. Stateless. */
interface ServerFlavor {

    /** Of the server at the other end; asks it nothing. */
    static ServerFlavor of(Connection connection) throws SQLException {
        String version = connection.getMetaData().getDatabaseProductVersion();
        return version.contains("MariaDB") ? new MariadbFlavor(version) : new MysqlFlavor();
    }

    /** Its name for people. */
    String product();

    /** The oldest version that takes what is said here, such as {@code 10.5}. */
    String oldest();

    /** The statements that make a session ours. */
    List<String> settings();

    /** What identifies the server, as arguments of {@code concat}: the same text that a capture of it tells. */
    String identity();

    /** A query of one parameter, the number of a session: who holds a lock of rows that it wants. */
    String blocking();

    /** How our writes are marked in the target's binlog, for messages: {@code server_id}. */
    String marker();

    /** Our mark, for this replication. */
    String mark(String replication);

    /** The statement that makes a session mark what it writes. */
    String marking(String replication);

    /** The privilege that takes. */
    String markingPrivilege();

    /** The type that holds a UUID. */
    String uuid();

    /** The collation under which no two texts of utf8mb4 are equal. */
    String binaryCollation();

    /** Whether json is a type of its own. */
    boolean hasJson();

    /** Whether {@link MariadbManyRows} were tried there, and are cheaper. */
    boolean takesManyRows();
}
