package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.registry.RegistryAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The section {@code schemas}. Immutable; its text form holds no secret. */
public record SchemasConfiguration(
        @Key(
                name = "registry",
                text = "`topic`: Avro schemas live in the compacted topic `<replication>.schemas`. Or the URL of a"
                        + " Confluent-compatible schema registry (`http://...`, `https://...`): records then have the"
                        + " Confluent wire format, subjects are `<topic>-key` and `<topic>-value`.",
                defaultValue = "topic")
        String registry,

        @Key(name = "user", text = "User for the registry's basic authentication.", presence = Presence.OPTIONAL)
        @Nullable
        String user,

        @Key(name = "password", text = "Password of `schemas.user`.", presence = Presence.OPTIONAL) @Nullable
        Secret password,

        @Key(
                name = "token",
                text = "Token for the registry's bearer authentication; stands in place of `user`.",
                presence = Presence.OPTIONAL)
        @Nullable
        Secret token,

        @Key(
                name = "truststore.location",
                text = "Certificates that vouch for an `https://` registry: a PEM, PKCS12 or JKS file."
                        + " Without it those of the JVM do.",
                presence = Presence.OPTIONAL)
        @Nullable
        Path trustStore,

        @Key(
                name = "truststore.password",
                text = "Password of a PKCS12 or JKS `truststore.location`.",
                presence = Presence.OPTIONAL)
        @Nullable
        Secret trustStorePassword,

        @Key(
                name = "keystore.location",
                text = "Certificate and key for a registry that asks its clients for one: a PKCS12 or JKS file.",
                presence = Presence.OPTIONAL)
        @Nullable
        Path keyStore,

        @Key(name = "keystore.password", text = "Password of `keystore.location`.", presence = Presence.OPTIONAL)
        @Nullable
        Secret keyStorePassword)
        implements Validated {

    private static final String TOPIC = "topic";

    @Override
    public void validate(BiConsumer<String, String> problems) {
        if (registry.startsWith("http://") || registry.startsWith("https://")) {
            if (!isAddress(registry)) {
                problems.accept("registry", "is no URL: it needs a host, as in http://registry:8081");
            }
        } else if (!registry.equals(TOPIC)) {
            problems.accept("registry", "must be topic or the http:// or https:// URL of a schema registry");
        } else if (user != null || password != null || token != null || trustStore != null || keyStore != null) {
            problems.accept("registry", "must be the URL of a schema registry where the other keys of schemas are set");
        }
        if (token != null && user != null) {
            problems.accept("token", "cannot stand beside user; remove one of them");
        }
        if (password != null && user == null) {
            problems.accept("password", "needs schemas.user");
        }
    }

    private static boolean isAddress(String text) {
        try {
            return URI.create(text).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The registry, or null where schemas live on the schema topic alone. */
    public @Nullable RegistryAddress address() {
        if (registry.equals(TOPIC)) {
            return null;
        }
        return new RegistryAddress(
                URI.create(registry),
                user,
                text(password),
                text(token),
                trustStore,
                text(trustStorePassword),
                keyStore,
                text(keyStorePassword));
    }

    private static @Nullable String text(@Nullable Secret secret) {
        return secret == null ? null : secret.reveal();
    }
}
