package io.twinlog.connect.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.twinlog.sandbox.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;

/** A distributed worker with its REST interface in this JVM, which loads the plugins as packaged. */
public final class ConnectWorker implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Object connect;
    private final String url;
    private final String group;

    private ConnectWorker(Object connect, String url, String group) {
        this.connect = connect;
        this.url = url;
        this.group = group;
    }

    static ConnectWorker start(String bootstrap) {
        return start(bootstrap, Servers.name("connect"));
    }

    /** Another worker of the same cluster; the caller closes it. */
    public ConnectWorker another(String bootstrap) {
        return start(bootstrap, group);
    }

    private static ConnectWorker start(String bootstrap, String group) {
        int port = FreePort.find();
        Map<String, String> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("listeners", "http://127.0.0.1:" + port);
        settings.put("group.id", group);
        for (String topic : new String[] {"config", "offset", "status"}) {
            settings.put(topic + ".storage.topic", group + "-" + topic);
            settings.put(topic + ".storage.replication.factor", "1");
        }
        settings.put("offset.storage.partitions", "1");
        settings.put("status.storage.partitions", "1");
        settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        settings.put(
                "plugin.path", Path.of("target", "plugins").toAbsolutePath().toString());
        settings.put("plugin.discovery", "service_load");
        settings.put("exactly.once.source.support", "enabled");
        settings.put("offset.flush.interval.ms", "1000");
        settings.put("consumer.metadata.max.age.ms", "1000");
        settings.put("scheduled.rebalance.max.delay.ms", "0");
        settings.put("heartbeat.interval.ms", "300");
        Object connect = start(settings);
        ConnectWorker worker = new ConnectWorker(connect, "http://127.0.0.1:" + port, group);
        Awaitility.await("worker").atMost(PATIENCE).ignoreExceptions().until(() -> worker.get("/connectors") != null);
        return worker;
    }

    private static Object start(Map<String, String> settings) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        WorkerClasses classes = new WorkerClasses();
        thread.setContextClassLoader(classes);
        try {
            Class<?> distributed = classes.loadClass("org.apache.kafka.connect.cli.ConnectDistributed");
            return distributed
                    .getMethod("startConnect", Map.class)
                    .invoke(distributed.getConstructor(String[].class).newInstance((Object) new String[0]), settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The worker does not start", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Creates a connector, or changes it, and waits until its tasks run. */
    public void run(String name, Map<String, String> config) {
        put("/connectors/" + name + "/config", JSON.valueToTree(config));
        awaitRunning(name);
    }

    /** Creates a connector, or changes it. */
    public void create(String name, Map<String, String> config) {
        put("/connectors/" + name + "/config", JSON.valueToTree(config));
    }

    public void awaitRunning(String name) {
        Awaitility.await(name + " runs").atMost(PATIENCE).untilAsserted(() -> {
            JsonNode status = status(name);
            org.assertj.core.api.Assertions.assertThat(status.path("tasks").findValuesAsText("state"))
                    .as(() -> "status " + status)
                    .isNotEmpty()
                    .containsOnly("RUNNING");
        });
    }

    /** Waits until a task has failed and returns its trace. */
    public String awaitFailure(String name) {
        Awaitility.await(name + " fails")
                .atMost(PATIENCE)
                .until(() ->
                        status(name).path("tasks").findValuesAsText("state").contains("FAILED"));
        return status(name).path("tasks").get(0).path("trace").asText();
    }

    /** Waits until the connectors' tasks run on so many workers. */
    public void awaitSpread(int workers, String... names) {
        Awaitility.await("tasks on " + workers + " workers").atMost(PATIENCE).untilAsserted(() -> {
            Set<String> where = new HashSet<>();
            for (String name : names) {
                JsonNode tasks = status(name).path("tasks");
                org.assertj.core.api.Assertions.assertThat(tasks.findValuesAsText("state"))
                        .isNotEmpty()
                        .containsOnly("RUNNING");
                where.addAll(tasks.findValuesAsText("worker_id"));
            }
            org.assertj.core.api.Assertions.assertThat(where).hasSize(workers);
        });
    }

    private JsonNode status(String name) {
        try {
            return get("/connectors/" + name + "/status");
        } catch (IllegalStateException e) {
            return JSON.createObjectNode().put("not yet", e.getMessage());
        }
    }

    public void pause(String name) {
        put("/connectors/" + name + "/pause", null);
        awaitState(name, "PAUSED");
    }

    public void resume(String name) {
        put("/connectors/" + name + "/resume", null);
        awaitState(name, "RUNNING");
    }

    public void stopConnector(String name) {
        put("/connectors/" + name + "/stop", null);
        Awaitility.await(name + " stopped")
                .atMost(PATIENCE)
                .until(() ->
                        status(name).path("connector").path("state").asText().equals("STOPPED")
                                && status(name).path("tasks").isEmpty());
    }

    public void restart(String name) {
        call("POST", "/connectors/" + name + "/restart?includeTasks=true", null);
        awaitRunning(name);
    }

    private void awaitState(String name, String state) {
        Awaitility.await(name + " " + state)
                .atMost(PATIENCE)
                .until(() -> status(name).path("tasks").findValuesAsText("state").stream()
                        .allMatch(state::equals));
    }

    public void delete(String name) {
        call("DELETE", "/connectors/" + name, null);
    }

    /** What the worker thinks of a configuration: the messages, by setting. */
    public Map<String, String> problems(String plugin, Map<String, String> config) {
        ObjectNode body = JSON.valueToTree(config);
        body.put("connector.class", plugin);
        body.put("name", "checked");
        JsonNode answer = put("/connector-plugins/" + plugin + "/config/validate", body);
        Map<String, String> problems = new HashMap<>();
        for (JsonNode entry : answer.path("configs")) {
            JsonNode value = entry.path("value");
            if (!value.path("errors").isEmpty()) {
                problems.put(value.path("name").asText(), value.path("errors").toString());
            }
        }
        return problems;
    }

    public JsonNode get(String path) {
        return call("GET", path, null);
    }

    public JsonNode put(String path, JsonNode body) {
        return call("PUT", path, body);
    }

    /** The answer, or an exception with what was refused and why. */
    public JsonNode call(String method, String path, JsonNode body) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            return JSON.readTree(response.body().isEmpty() ? "null" : response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connect.getClass().getMethod("stop").invoke(connect);
            connect.getClass().getMethod("awaitStop").invoke(connect);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The worker does not stop", e);
        }
    }
}
