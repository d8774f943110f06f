package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import org.jspecify.annotations.Nullable;

/** The section {@code metrics}. Immutable. */
public record MetricsConfiguration(
        @Key(
                name = "listen",
                text =
                        "`HOST:PORT` where `run`, `capture` and `apply` answer `/metrics` (Prometheus), `/health` and `/status`"
                                + " by HTTP, to everybody who can reach it. Without it they do not listen.",
                presence = Presence.OPTIONAL)
        @Nullable
        ListenAddress listen) {}
