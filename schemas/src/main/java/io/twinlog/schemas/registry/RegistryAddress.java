package io.twinlog.schemas.registry;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a schema registry is and how to be let in. Immutable; its text form holds no secret.
 *
 * @param url base of the Confluent-compatible interface, such as {@code http://registry:8081} or {@code
 *     http://apicurio:8080/apis/ccompat/v7}
 * @param user for basic authentication, or null
 * @param password of the user, or null
 * @param token for bearer authentication, or null
 * @param trustStore certificates that vouch for the registry: PEM, PKCS12 or JKS; null for the JVM's own
 * @param trustStorePassword of a PKCS12 or JKS file, or null
 * @param keyStore our own certificate and key where the registry asks for one: PKCS12 or JKS; or null
 * @param keyStorePassword of that file, or null
 */
public record RegistryAddress(
        URI url,
        @Nullable String user,
        @Nullable String password,
        @Nullable String token,
        @Nullable Path trustStore,
        @Nullable String trustStorePassword,
        @Nullable Path keyStore,
        @Nullable String keyStorePassword) {

    /** A registry that asks for nothing. */
    public static RegistryAddress of(String url) {
        return new RegistryAddress(URI.create(url), null, null, null, null, null, null, null);
    }

    /** The address of a resource of the interface. */
    URI resolve(String path) {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    @Override
    public String toString() {
        return "registry " + url;
    }
}
