package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import java.nio.file.Path;

/** The section {@code kafka.embedded}. Immutable. */
public record EmbeddedKafkaConfiguration(
        @Key(
                name = "dir",
                text = "Where the broker keeps its records; relative to the configuration file.",
                presence = Presence.REQUIRED)
        Path dir,

        @Key(
                name = "port",
                text = "Where the broker listens, on the loopback address.",
                defaultValue = "9092",
                min = "1",
                max = "65535")
        int port) {}
