package io.twinlog.connect.bed;

import io.twinlog.sandbox.FreePort;
import io.twinlog.sandbox.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An Apicurio registry in a JVM of its own, which keeps its schemas in memory; its Confluent-compatible interface. */
public final class RegistryProcess {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final JavaProcess process;
    private final String url;

    private RegistryProcess(JavaProcess process, String url) {
        this.process = process;
        this.url = url;
    }

    static RegistryProcess start() {
        int port = FreePort.find();
        JavaProcess process = JavaProcess.of("io.quarkus.runner.GeneratedMain")
                .classPath(runner().toString())
                .heap("384m")
                .option("-XX:TieredStopAtLevel=1")
                .systemProperty("quarkus.http.host", "127.0.0.1")
                .systemProperty("quarkus.http.port", Integer.toString(port))
                .systemProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager")
                .start();
        RegistryProcess registry = new RegistryProcess(process, "http://127.0.0.1:" + port + "/apis/ccompat/v7");
        Awaitility.await("registry")
                .atMost(Duration.ofMinutes(3))
                .ignoreExceptions()
                .failFast("the registry ended", () -> !process.isRunning())
                .until(() -> registry.call("GET", "/subjects", "").startsWith("["));
        return registry;
    }

    private static Path runner() {
        try (Stream<Path> files = Files.list(Path.of("target", "servers", "apicurio"))) {
            return files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return url;
    }

    public boolean isRunning() {
        return process.isRunning();
    }

    /** Sends a request to the interface and returns the body of the answer, or throws if it is refused. */
    public String call(String method, String path, String body) {
        try {
            HttpResponse<String> response = HTTP.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    body.isEmpty()
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void stop() {
        process.kill();
    }
}
