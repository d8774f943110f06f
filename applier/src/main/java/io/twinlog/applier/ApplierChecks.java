package io.twinlog.applier;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.schemas.check.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** What must hold before an applier can start. Creates nothing. */
final class ApplierChecks {

    private final ApplierConfig config;
    private final KafkaClients clients;

    ApplierChecks(ApplierConfig config, KafkaClients clients) {
        this.config = config;
        this.clients = clients;
    }

    List<Check> run() {
        List<Check> checks = new ArrayList<>();
        checks.add(kafka());
        checks.addAll(Targets.of(config, config.replication()).checks());
        return checks;
    }

    private Check kafka() {
        try (Admin admin = clients.admin()) {
            int brokers =
                    admin.describeCluster().nodes().get(20, TimeUnit.SECONDS).size();
            return Check.ok("kafka for the applier", brokers + " broker(s) answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Check.problem("kafka for the applier", "interrupted", null);
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Check.outage(
                    "kafka for the applier",
                    "Kafka does not answer: " + cause.getMessage(),
                    "check kafka.bootstrap.servers");
        }
    }
}
