package io.twinlog.applier;

import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedPostgres;
import java.util.concurrent.atomic.AtomicInteger;

/** The servers that all integration tests of a JVM share; every test has a database and a replication of its own. */
public final class Servers {

    /** Whether what is cut short to save time shall take its whole length: {@code -Dtwinlog.long=true}. */
    public static final boolean LONG = Boolean.getBoolean("twinlog.long");

    private static final AtomicInteger COUNT = new AtomicInteger();

    private Servers() {}

    private static final class KafkaHolder {
        static final EmbeddedKafka KAFKA =
                EmbeddedKafka.builder().messageMaxBytes(134_217_728).start();
    }

    private static final class PostgresHolder {
        static final EmbeddedPostgres POSTGRES = EmbeddedPostgres.builder()
                .setting("max_connections", "50")
                .setting("log_line_prefix", "%m [%a] ")
                .start();
    }

    private static final class MariadbHolder {
        // None of these tests asks what a crash of the server leaves, and most of their time would go into waiting for
        // the disk.
        static final EmbeddedMariadb MARIADB = EmbeddedMariadb.builder()
                .withoutBinlog()
                .setting("innodb_flush_log_at_trx_commit", "0")
                .setting("innodb_doublewrite", "OFF")
                .start();
    }

    private static final class MysqlHolder {
        static final EmbeddedMysql MYSQL = EmbeddedMysql.builder()
                .withoutBinlog()
                .setting("innodb_flush_log_at_trx_commit", "0")
                .setting("innodb_doublewrite", "OFF")
                .start();
    }

    /** For the tests of -Pmysql. */
    public static EmbeddedMysql mysql() {
        return MysqlHolder.MYSQL;
    }

    public static EmbeddedMariadb mariadb() {
        return MariadbHolder.MARIADB;
    }

    public static EmbeddedKafka kafka() {
        return KafkaHolder.KAFKA;
    }

    public static EmbeddedPostgres postgres() {
        return PostgresHolder.POSTGRES;
    }

    public static String uniqueName() {
        return "t" + COUNT.incrementAndGet();
    }
}
