package io.twinlog.capture.bed;

import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedPostgres;

/** One PostgreSQL, one MariaDB and one Kafka for all tests of the JVM that do not harm them. They end with it. */
public final class Servers {

    private Servers() {}

    private static final class Shared {
        static final EmbeddedPostgres POSTGRES = EmbeddedPostgres.builder()
                .setting("max_prepared_transactions", "10")
                .setting("max_replication_slots", "40")
                .setting("max_wal_senders", "40")
                .setting("max_connections", "100")
                .start();
    }

    private static final class SharedKafka {
        static final EmbeddedKafka KAFKA = EmbeddedKafka.builder().start();
    }

    private static final class SharedMariadb {
        static final EmbeddedMariadb MARIADB = EmbeddedMariadb.builder().start();
    }

    private static final class SharedMysql {
        static final EmbeddedMysql MYSQL = EmbeddedMysql.builder().start();
    }

    /** One MySQL likewise, for the tests of -Pmysql. */
    public static EmbeddedMysql mysql() {
        return SharedMysql.MYSQL;
    }

    /** One MariaDB likewise. */
    public static EmbeddedMariadb mariadb() {
        return SharedMariadb.MARIADB;
    }

    public static EmbeddedPostgres postgres() {
        return Shared.POSTGRES;
    }

    public static EmbeddedKafka kafka() {
        return SharedKafka.KAFKA;
    }
}
