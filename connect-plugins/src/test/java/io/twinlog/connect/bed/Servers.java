package io.twinlog.connect.bed;

import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.EmbeddedServer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Servers for all tests of the JVM. They end with the last test ({@link ServersEnd}), the worker before the broker that it needs for that: in
 * shutdown hooks, which all run at once, Connect's and Jetty's own would wait for each other.
 */
public final class Servers {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final ConcurrentLinkedDeque<AutoCloseable> STARTED = new ConcurrentLinkedDeque<>();

    private Servers() {}

    static void stop() {
        for (AutoCloseable server = STARTED.poll(); server != null; server = STARTED.poll()) {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException("A server does not stop", e);
            }
        }
    }

    /** Databases end last: whoever works with them has ended then. */
    private static <T extends EmbeddedServer> T database(T server) {
        STARTED.addLast(server);
        return server;
    }

    private static final class Databases {
        static final EmbeddedPostgres POSTGRES = database(EmbeddedPostgres.builder()
                .setting("max_replication_slots", "20")
                .setting("max_wal_senders", "20")
                .start());
    }

    private static final class SharedMariadb {
        static final EmbeddedMariadb SOURCE = database(EmbeddedMariadb.builder().start());
    }

    private static final class OtherMariadb {
        static final EmbeddedMariadb TARGET = database(EmbeddedMariadb.builder()
                .withoutBinlog()
                .setting("innodb_flush_log_at_trx_commit", "0")
                .setting("innodb_doublewrite", "OFF")
                .start());
    }

    private static final class SharedMysql {
        static final EmbeddedMysql SERVER = database(EmbeddedMysql.builder().start());
    }

    private static final class Broker {
        static final EmbeddedKafka KAFKA =
                EmbeddedKafka.builder().withoutShutdownHook().start();

        static {
            STARTED.push(KAFKA);
        }
    }

    private static final class Worker {
        static final ConnectWorker WORKER = ConnectWorker.start(kafka());

        static {
            STARTED.push(WORKER);
        }
    }

    private static final class Registry {
        static final RegistryProcess REGISTRY = RegistryProcess.start();
    }

    public static EmbeddedPostgres postgres() {
        return Databases.POSTGRES;
    }

    /** A MariaDB with a binlog. */
    public static EmbeddedMariadb mariadb() {
        return SharedMariadb.SOURCE;
    }

    /** Another MariaDB, for what is replicated into databases of the same name. */
    public static EmbeddedMariadb otherMariadb() {
        return OtherMariadb.TARGET;
    }

    /** A MySQL, for the tests of {@code -Pmysql}. */
    public static EmbeddedMysql mysql() {
        return SharedMysql.SERVER;
    }

    public static String kafka() {
        return Broker.KAFKA.bootstrapServers();
    }

    public static ConnectWorker worker() {
        return Worker.WORKER;
    }

    public static RegistryProcess registry() {
        return Registry.REGISTRY;
    }

    /** A name for a replication, a topic prefix or a database that no other test has. */
    public static String name(String purpose) {
        return purpose + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
    }
}
