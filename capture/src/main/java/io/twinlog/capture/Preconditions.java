package io.twinlog.capture;

import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;

/** Looks at source and Kafka at once and reports all problems together. Changes nothing. */
final class Preconditions {

    private final XlogSide xlog;
    private final Source source;

    Preconditions(XlogSide xlog, Source source) {
        this.xlog = xlog;
        this.source = source;
    }

    /**
     * What was found.
     *
     * @param general checks of servers and topics
     * @param tables checks of single tables
     * @param usable selected tables without problems
     */
    record Findings(List<Check> general, List<Check> tables, List<TableId> usable) {

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
        List<TableId> usable = new ArrayList<>();
        try {
            Source.Examined examined = source.examine();
            general.add(Check.ok("source", "reachable at " + source.address()));
            general.addAll(examined.server());
            tables.addAll(examined.tables());
            usable.addAll(examined.usable());
        } catch (SQLException e) {
            general.add(Check.noConnection(
                    "source", "Not usable at " + source.address() + ": " + e.getMessage(), e, source.remedy(e)));
        }
        try (Topics existing = xlog.topics()) {
            general.add(Check.ok("kafka", "reachable, cluster " + existing.clusterId()));
            general.addAll(existing.check(usable));
        } catch (KafkaException e) {
            general.add(Check.outage(
                    "kafka",
                    "Not usable at " + xlog.config().kafka().get("bootstrap.servers") + ": " + rootMessage(e),
                    "Start Kafka, or correct kafka.bootstrap.servers"));
        }
        return new Findings(general, tables, usable);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
