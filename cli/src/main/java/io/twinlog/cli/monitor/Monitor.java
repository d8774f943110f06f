package io.twinlog.cli.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.twinlog.cli.config.ListenAddress;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.run.Part;
import io.twinlog.cli.status.StatusCollector;
import io.twinlog.cli.status.StatusReport;
import io.twinlog.cli.terminal.Json;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /metrics}, {@code /health} and {@code /status} where the configuration asks for it. What the parts count is shown as
 * it is; what only the servers know is asked for every 10 s, as {@code twinlog status} does. Safe for many threads.
 */
public final class Monitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;

    private final MeterRegistry meters;
    private final Runnable end;
    private volatile List<Part> parts = List.of();
    private volatile @Nullable StatusReport report;

    private Monitor() {
        this.meters = new CompositeMeterRegistry();
        this.end = () -> {};
    }

    private Monitor(TwinlogConfiguration configuration, ListenAddress address) {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.meters = prometheus;
        HttpServer server = bind(address);
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(prometheus);
        new JvmMemoryMetrics().bindTo(prometheus);
        new JvmThreadMetrics().bindTo(prometheus);
        new ProcessorMetrics().bindTo(prometheus);
        new UptimeMetrics().bindTo(prometheus);
        ReplicationGauges gauges =
                new ReplicationGauges(prometheus, configuration.replication().text());
        StatusCollector collector = new StatusCollector(configuration, Clock.systemUTC());
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "looks"));
        var unused = looks.scheduleWithFixedDelay(
                () -> look(collector, gauges), 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        ExecutorService answers = Executors.newFixedThreadPool(2, task -> daemon(task, "http"));
        server.setExecutor(answers);
        server.createContext("/", exchange -> answer(exchange, prometheus));
        server.start();
        LOG.info("Metrics, health and status at http://{}", address);
        this.end = () -> {
            server.stop(0);
            answers.shutdownNow();
            looks.shutdownNow();
            collections.close();
            prometheus.close();
        };
    }

    /**
     * Listens, or does nothing where the configuration does not ask for it.
     *
     * @throws TwinlogException CONFIG if it cannot listen there
     */
    public static Monitor of(TwinlogConfiguration configuration) {
        ListenAddress address = configuration.metrics().listen();
        return address == null ? new Monitor() : new Monitor(configuration, address);
    }

    private static HttpServer bind(ListenAddress address) {
        InetSocketAddress socket = address.socketAddress();
        if (socket.isUnresolved()) {
            throw new TwinlogException(
                    Category.CONFIG, "metrics.listen: there is no host " + address.host() + " for " + address);
        }
        try {
            return HttpServer.create(socket, 0);
        } catch (IOException e) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "metrics.listen: cannot listen at " + address + " (" + e.getMessage()
                            + "). Choose another port, or end what listens there.",
                    e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, "twinlog-monitor-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where the parts of this process count. */
    public MeterRegistry meters() {
        return meters;
    }

    /** The parts of which health speaks. */
    public void watch(List<Part> watched) {
        parts = List.copyOf(watched);
    }

    private void look(StatusCollector collector, ReplicationGauges gauges) {
        try {
            StatusReport now = collector.collect();
            report = now;
            gauges.update(
                    now,
                    parts.stream()
                            .map(Part::status)
                            .collect(Collectors.toMap(MemberStatus::role, MemberStatus::state)));
        } catch (RuntimeException e) {
            // Servers that do not answer are part of the report; this is something else, and the next look may do
            // better.
            LOG.warn("The status could not be found out", e);
        }
    }

    private void answer(HttpExchange exchange, PrometheusMeterRegistry prometheus) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, NOT_ALLOWED, TEXT, "Only GET and HEAD\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/metrics" ->
                    // The names are spelled for this format, whatever else a scraper would take.
                    send(exchange, OK, "text/plain; version=0.0.4; charset=utf-8", prometheus.scrape());
                case "/health" -> {
                    Health health = Health.of(parts);
                    send(exchange, health.healthy() ? OK : UNAVAILABLE, JSON, Json.of(health) + "\n");
                }
                case "/status" -> {
                    StatusReport now = report;
                    send(exchange, now == null ? UNAVAILABLE : OK, JSON, now == null ? "{}\n" : Json.of(now) + "\n");
                }
                case "/" -> send(exchange, OK, TEXT, "/metrics\n/health\n/status\n");
                default -> send(exchange, NOT_FOUND, TEXT, "Here are /metrics, /health and /status\n");
            }
        }
    }

    private static void send(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Stops listening. */
    @Override
    public void close() {
        end.run();
    }
}
