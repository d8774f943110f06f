package io.twinlog.schemas.registry;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS towards the registry with certificates of one's own. Stateless. */
final class RegistryTls {

    private RegistryTls() {}

    /** Null where the JVM's own certificates do. */
    static @Nullable SSLContext context(RegistryAddress address) {
        Path trust = address.trustStore();
        Path key = address.keyStore();
        if (trust == null && key == null) {
            return null;
        }
        try {
            KeyManager @Nullable [] keys = null;
            if (key != null) {
                char[] password = chars(address.keyStorePassword());
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(KeyStore.getInstance(key.toFile(), password), password);
                keys = factory.getKeyManagers();
            }
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(trust == null ? null : trusted(trust, address.trustStorePassword()));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "The certificates for the schema registry cannot be read (" + (trust == null ? "" : trust + " ")
                            + (key == null ? "" : key) + "): " + e.getMessage(),
                    e);
        }
    }

    private static KeyStore trusted(Path file, @Nullable String password) throws GeneralSecurityException, IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (!new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN")) {
            return KeyStore.getInstance(file.toFile(), chars(password));
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate :
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
            store.setCertificateEntry("registry-" + number++, certificate);
        }
        return store;
    }

    private static char[] chars(@Nullable String password) {
        return password == null ? new char[0] : password.toCharArray();
    }
}
