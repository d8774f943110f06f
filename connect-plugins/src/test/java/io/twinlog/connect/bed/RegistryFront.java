package io.twinlog.connect.bed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS and authentication in front of a registry that has neither, as a reverse proxy adds them. */
public final class RegistryFront implements AutoCloseable {

    private static final String PASSWORD = "changeit";
    private static final Set<String> LET_IN = Set.of(
            "Basic " + Base64.getEncoder().encodeToString("clerk:secret".getBytes(StandardCharsets.UTF_8)),
            "Bearer token-1");

    private final HttpsServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI behind;
    private final Path directory;

    private RegistryFront(HttpsServer server, URI behind, Path directory) {
        this.server = server;
        this.behind = behind;
        this.directory = directory;
    }

    public static RegistryFront start(Path directory, String behind) throws Exception {
        keytool(
                directory,
                List.of(
                        "-genkeypair",
                        "-alias",
                        "front",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-keystore",
                        "own.p12"));
        keytool(
                directory,
                List.of("-exportcert", "-rfc", "-alias", "front", "-file", "front.pem", "-keystore", "own.p12"));
        keytool(
                directory,
                List.of("-importcert", "-noprompt", "-alias", "front", "-file", "front.pem", "-keystore", "trust.p12"));
        KeyStore own = KeyStore.getInstance(directory.resolve("own.p12").toFile(), PASSWORD.toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        RegistryFront front = new RegistryFront(server, URI.create(behind), directory);
        server.createContext("/", front::forward);
        server.start();
        return front;
    }

    private static void keytool(Path directory, List<String> arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(arguments);
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool: " + said);
            }
        }
    }

    private void forward(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!LET_IN.contains(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")))) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            HttpRequest request = HttpRequest.newBuilder(
                            behind.resolve(exchange.getRequestURI().toString()))
                    .header("Content-Type", "application/json")
                    .method(
                            exchange.getRequestMethod(),
                            body.length == 0
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + behind.getPath();
    }

    /** The certificate that vouches for this server, in PEM. */
    public Path certificate() throws IOException {
        Path file = directory.resolve("front.pem");
        if (!Files.exists(file)) {
            throw new IOException("No certificate " + file);
        }
        return file;
    }

    /** The same in PKCS12, with the password {@code changeit}. */
    public Path trustStore() {
        return directory.resolve("trust.p12");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
