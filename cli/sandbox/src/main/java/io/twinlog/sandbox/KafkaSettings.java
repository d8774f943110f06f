package io.twinlog.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a broker of the sandbox shall be, whether it runs in this JVM or in a child; an advertised port of 0 means its own. */
record KafkaSettings(int port, int advertisedPort, Map<String, String> extra) {
    private static final String MESSAGE_MAX_BYTES = "message.max.bytes";

    KafkaSettings {
        extra = Map.copyOf(extra);
    }

    /** The properties of a single node that is broker and controller. */
    Map<String, String> properties(String dataDirectory, int controllerPort) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        all.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        all.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + (advertisedPort == 0 ? port : advertisedPort));
        all.put("log.dirs", dataDirectory);
        all.put("auto.create.topics.enable", "false");
        // Internal topics of one node: no second replica to wait for, few partitions to open at start.
        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            all.put(internal + ".replication.factor", "1");
            all.put(internal + ".num.partitions", "3");
        }
        all.put("transaction.state.log.min.isr", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        // Rows of tens of megabytes exist; a broker that refuses them tests nothing but its default.
        all.put(MESSAGE_MAX_BYTES, Integer.toString(64 * 1024 * 1024));
        // After a kill the controller takes the old incarnation for alive until its session ends, and refuses the new
        // one.
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        all.put("num.network.threads", "2");
        all.put("num.io.threads", "4");
        // Index files are mapped and empty at first. The kernel fills as much of one with zeros as it would read ahead,
        // up to
        // megabytes, when the first entry is written: with thousands of partitions that would be most of the broker's
        // work.
        all.put("log.index.size.max.bytes", Integer.toString(512 * 1024));
        all.put("log.cleaner.dedupe.buffer.size", "4194304");
        all.putAll(extra);
        all.putIfAbsent("replica.fetch.max.bytes", all.getOrDefault(MESSAGE_MAX_BYTES, ""));
        return all;
    }
}
