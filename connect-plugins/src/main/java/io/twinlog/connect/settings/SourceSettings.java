package io.twinlog.connect.settings;

import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.OriginFilter;
import io.twinlog.capture.SnapshotMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Settings of the source connector. Immutable. */
public final class SourceSettings extends AbstractConfig {

    public static final String URL = "source.url";
    public static final String TABLES = "source.tables";
    private static final String USER = "source.user";
    private static final String PASSWORD = "source.password";
    private static final String SNAPSHOT = "capture.snapshot";
    private static final String PARTITIONS = "capture.partitions";
    private static final String ORIGIN = "capture.origin";

    private static final String SOURCE = "Source";
    private static final String CAPTURE = "Capture";
    private static final List<String> SNAPSHOTS = List.of("initial", "none", "only");
    private static final List<String> ORIGINS = List.of("any", "local");
    private static final short BROKER_DEFAULT = 0;
    private static final int MOST_SNAPSHOT_READERS = 4;

    public static final ConfigDef DEFINITION = SharedSettings.schemas(SharedSettings.connector(new ConfigDef()))
            .define(
                    URL,
                    Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    SharedSettings.databaseUrl(),
                    Importance.HIGH,
                    "JDBC URL of the database whose changes are read: jdbc:postgresql://host:port/database or jdbc:mariadb://host:port/, with parameters of the driver.",
                    SOURCE,
                    1,
                    Width.LONG,
                    "URL")
            .define(
                    USER,
                    Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    "User that reads: with the REPLICATION attribute at PostgreSQL, the privileges REPLICATION SLAVE and BINLOG MONITOR at MariaDB.",
                    SOURCE,
                    2,
                    Width.MEDIUM,
                    "User")
            .define(
                    PASSWORD,
                    Type.PASSWORD,
                    "",
                    Importance.HIGH,
                    "Password of the user.",
                    SOURCE,
                    3,
                    Width.MEDIUM,
                    "Password")
            .define(
                    TABLES,
                    Type.LIST,
                    ConfigDef.NO_DEFAULT_VALUE,
                    ConfigDef.ValidList.anyNonDuplicateValues(false, false),
                    Importance.HIGH,
                    "Tables to capture: patterns schema.table (MariaDB: database.table) with * or % for any run of characters; a leading ! leaves tables out.",
                    SOURCE,
                    4,
                    Width.LONG,
                    "Tables")
            .define(
                    SNAPSHOT,
                    Type.STRING,
                    "initial",
                    ConfigDef.ValidString.in(SNAPSHOTS.toArray(String[]::new)),
                    Importance.MEDIUM,
                    "What becomes of rows that are there at the first start: 'initial' copies them, 'none' leaves them, 'only' copies them and ends.",
                    CAPTURE,
                    1,
                    Width.SHORT,
                    "Snapshot",
                    SharedSettings.oneOf(SNAPSHOTS))
            .define(
                    PARTITIONS,
                    Type.INT,
                    3,
                    ConfigDef.Range.between(1, 10_000),
                    Importance.MEDIUM,
                    "Partitions of each data topic. Fixed once the topic exists.",
                    CAPTURE,
                    2,
                    Width.SHORT,
                    "Partitions")
            .define(
                    ORIGIN,
                    Type.STRING,
                    "any",
                    ConfigDef.ValidString.in(ORIGINS.toArray(String[]::new)),
                    Importance.LOW,
                    "'any' captures every transaction, 'local' leaves out those that an applier of Twinlog's has written to the source.",
                    CAPTURE,
                    3,
                    Width.SHORT,
                    "Origin",
                    SharedSettings.oneOf(ORIGINS));

    public SourceSettings(Map<String, String> properties) {
        super(DEFINITION, properties, false);
    }

    public String replication() {
        return getString(SharedSettings.REPLICATION);
    }

    /** The settings in capture's words. */
    public CaptureConfig capture() {
        Map<String, Object> kafka = SharedSettings.kafka(this);
        // A worker with exactly-once support leaves the records of aborted transactions behind.
        kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        String password = SharedSettings.secret(this, PASSWORD);
        return new CaptureConfig(
                replication(),
                kafka,
                getString(URL),
                getString(USER),
                password == null ? "" : password,
                getList(TABLES),
                SnapshotMode.valueOf(getString(SNAPSHOT).toUpperCase(Locale.ROOT)),
                getInt(PARTITIONS),
                Math.max(1, Math.min(MOST_SNAPSHOT_READERS, Runtime.getRuntime().availableProcessors())),
                BROKER_DEFAULT,
                SharedSettings.registry(this),
                OriginFilter.valueOf(getString(ORIGIN).toUpperCase(Locale.ROOT)));
    }

    /** Whether the records may go through a converter for which NaN is no number: any that is not known to be better. */
    public boolean mayLoseSpecialFloats() {
        String converter = originalsStrings().getOrDefault("value.converter", "");
        return !(converter.equals("io.twinlog.connect.convert.XlogConverter")
                || converter.contains("Avro")
                || converter.contains("Protobuf"));
    }
}
