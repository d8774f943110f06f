package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.catalog.TablePatterns;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.precondition.SourcePreconditions;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;

/** Looks at source and Kafka at once and reports all problems together. Changes nothing. */
final class Preconditions {

    private final CaptureConfig config;
    private final KafkaClients kafka;
    private final TopicNames topics;
    private final SourceNames names;
    private final SourceAddress source;

    Preconditions(
            CaptureConfig config, KafkaClients kafka, TopicNames topics, SourceNames names, SourceAddress source) {
        this.config = config;
        this.kafka = kafka;
        this.topics = topics;
        this.names = names;
        this.source = source;
    }

    /**
     * What was found.
     *
     * @param general checks of servers and topics
     * @param tables checks of single tables
     * @param usable selected tables without problems
     */
    record Findings(List<Check> general, List<Check> tables, List<CatalogTable> usable) {

        List<Check> all() {
            List<Check> all = new ArrayList<>(general);
            all.addAll(tables);
            return all;
        }

        /** Throws CONFIG naming every problem. */
        void require(boolean withTables) {
            List<Check> problems = (withTables ? all() : general)
                    .stream().filter(Check::hinders).toList();
            if (!problems.isEmpty()) {
                throw new TwinlogException(
                        Category.CONFIG,
                        problems.size() + (problems.size() == 1 ? " problem" : " problems") + "; nothing was created.\n"
                                + problems.stream().map(Findings::line).collect(Collectors.joining("\n")));
            }
        }

        private static String line(Check check) {
            return "  " + check.subject() + ": " + check.message()
                    + (check.remedy() == null ? "" : "\n      -> " + check.remedy());
        }
    }

    Findings examine() {
        List<Check> general = new ArrayList<>();
        List<Check> tables = new ArrayList<>();
        List<CatalogTable> usable = new ArrayList<>();
        try (Connection connection = source.open()) {
            general.add(Check.ok("source", "reachable at " + source));
            SourcePreconditions examined = SourcePreconditions.examine(
                    connection, names, new TablePatterns(config.tables()), config.snapshot() != SnapshotMode.NONE);
            general.addAll(examined.server());
            tables.addAll(examined.tables());
            usable.addAll(examined.usable());
        } catch (SQLException e) {
            general.add(Check.noConnection(
                    "source", "Not usable at " + source + ": " + e.getMessage(), e.getSQLState(), remedy(e)));
        }
        try (Topics existing = new Topics(kafka, topics, config.partitions(), config.replicationFactor())) {
            general.add(Check.ok("kafka", "reachable, cluster " + existing.clusterId()));
            general.addAll(existing.check(usable.stream().map(CatalogTable::id).toList()));
        } catch (KafkaException e) {
            general.add(Check.outage(
                    "kafka",
                    "Not usable at " + config.kafka().get("bootstrap.servers") + ": " + rootMessage(e),
                    "Start Kafka, or correct kafka.bootstrap.servers"));
        }
        return new Findings(general, tables, usable);
    }

    private static String remedy(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("28")) {
            return "Correct source.user and source.password, or pg_hba.conf";
        }
        if (state.equals("3D000")) {
            return "Create the database, or correct source.url";
        }
        return "Start the server, or correct source.url";
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
