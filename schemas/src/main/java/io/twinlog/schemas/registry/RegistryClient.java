package io.twinlog.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.wire.SingleObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * A schema registry behind Confluent's REST interface (Confluent, Apicurio's ccompat v7, Karapace, Redpanda).
 *
 * <p>Schemas and ids never change, so each is asked for once. Subjects follow the TopicNameStrategy: {@code <topic>-key} and
 * {@code <topic>-value}. Safe for many threads.
 *
 * <p>Source of the interface: Confluent's "Schema Registry API Reference", {@code POST /subjects/(subject)/versions} and {@code
 * GET /schemas/ids/(id)}, with its error codes.
 */
public final class RegistryClient implements SchemaLookup {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryAddress address;
    private final HttpClient http;
    private final Map<Long, Schema> byId = new ConcurrentHashMap<>();
    private final Map<Registered, Integer> ids = new ConcurrentHashMap<>();

    private record Registered(String subject, long fingerprint) {}

    /** Opens no connection yet; throws {@link TwinlogException}, category CONFIG, if its certificates cannot be read. */
    public RegistryClient(RegistryAddress address) {
        this.address = address;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NORMAL);
        SSLContext tls = RegistryTls.context(address);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.http = builder.build();
    }

    /** The subject of a topic's keys. */
    public static String keySubject(String topic) {
        return topic + "-key";
    }

    /** The subject of a topic's values. */
    public static String valueSubject(String topic) {
        return topic + "-value";
    }

    /**
     * Registers a schema under a subject, unless it is there already.
     *
     * @return its id
     * @throws TwinlogException category OUTAGE if the registry does not answer, SCHEMA if it finds the schema incompatible, else
     *     CONFIG
     */
    public int register(String subject, Schema schema) {
        Registered key = new Registered(subject, SingleObject.fingerprint(schema));
        Integer known = ids.get(key);
        if (known != null) {
            return known;
        }
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        HttpResponse<String> response =
                call(request("/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
        if (response.statusCode() != 200) {
            throw refused("the schema of subject " + subject, subject, response);
        }
        int id = parse(response).path("id").asInt(-1);
        if (id < 0) {
            throw strange(response);
        }
        ids.put(key, id);
        return id;
    }

    @Override
    public Schema find(SchemaId id) {
        Schema known = byId.get(id.value());
        if (known != null) {
            return known;
        }
        HttpResponse<String> response =
                call(request("/schemas/ids/" + id.value()).GET());
        if (response.statusCode() == 404) {
            throw new UnknownSchemaException("The schema registry " + address.url() + " has no schema " + id
                    + "; was it deleted, or is this another registry than the one it was written with?");
        }
        if (response.statusCode() != 200) {
            throw refused("the question for schema " + id, null, response);
        }
        try {
            Schema schema =
                    new Schema.Parser().parse(parse(response).path("schema").asText());
            byId.put(id.value(), schema);
            return schema;
        } catch (AvroRuntimeException e) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Schema " + id + " of the schema registry " + address.url() + " is no Avro schema",
                    e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(ANSWER_LIMIT)
                .header("Accept", MEDIA_TYPE + ", application/json")
                .header("Content-Type", MEDIA_TYPE);
        if (address.token() != null) {
            request.header("Authorization", "Bearer " + address.token());
        } else if (address.user() != null) {
            String password = address.password();
            String both = address.user() + ":" + (password == null ? "" : password);
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        }
        return request;
    }

    private HttpResponse<String> call(HttpRequest.Builder request) {
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (SSLHandshakeException e) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "The schema registry " + address.url() + " and we do not trust each other's certificate: "
                            + e.getMessage() + ". Set schemas.truststore.location, or schemas.keystore.location.",
                    e);
        } catch (IOException e) {
            throw silent(e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
        // Too many requests, and everything that a proxy or a starting registry answers, passes.
        if (response.statusCode() == 429 || response.statusCode() >= 500) {
            throw silent("HTTP status " + response.statusCode() + " " + reason(response), null);
        }
        return response;
    }

    private TwinlogException silent(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new TwinlogException(
                Category.OUTAGE, "The schema registry " + address.url() + " does not answer: " + why, cause);
    }

    private TwinlogException refused(
            String what, @org.jspecify.annotations.Nullable String subject, HttpResponse<String> response) {
        return switch (response.statusCode()) {
            case 409 ->
                new TwinlogException(
                        Category.SCHEMA,
                        "The schema registry " + address.url() + " finds the schema of subject " + subject
                                + " incompatible with earlier versions: " + reason(response)
                                + ". Columns may come, go and change their type within any compatibility level; a changed"
                                + " key, or a subject that another program has filled, may not. Lower the level"
                                + " (PUT /config/" + subject
                                + " {\"compatibility\": \"NONE\"}) or delete the subject; replication then goes on where it"
                                + " stopped.");
            case 401, 403 ->
                new TwinlogException(
                        Category.CONFIG,
                        "The schema registry " + address.url() + " refuses " + what + " (HTTP status "
                                + response.statusCode()
                                + "): check user and password, or the token, and what they may do.");
            case 404, 405 ->
                new TwinlogException(
                        Category.CONFIG,
                        "There is no schema registry at " + address.url() + " (HTTP status " + response.statusCode()
                                + "): is its path complete? Apicurio's is /apis/ccompat/v7.");
            default ->
                new TwinlogException(
                        Category.CONFIG,
                        "The schema registry " + address.url() + " refuses " + what + " (HTTP status "
                                + response.statusCode() + "): " + reason(response));
        };
    }

    private JsonNode parse(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw strange(response);
        }
    }

    private TwinlogException strange(HttpResponse<String> response) {
        return new TwinlogException(
                Category.CONFIG,
                "What answers at " + address.url() + " is no schema registry (HTTP status " + response.statusCode()
                        + ", " + response.body().length() + " characters that are not what was asked for)");
    }

    private static String reason(HttpResponse<String> response) {
        try {
            JsonNode message = JSON.readTree(response.body()).path("message");
            return message.isMissingNode() ? "" : message.asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }
}
