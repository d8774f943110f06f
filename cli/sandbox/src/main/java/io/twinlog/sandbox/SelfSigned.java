package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate for a server at 127.0.0.1 that vouches for itself, with its key. Immutable.
 *
 * @param certificate PEM; for clients also the authority that vouches for it
 * @param key PEM, without a password
 * @param store both as PKCS12, with the password {@link #STORE_PASSWORD}
 */
public record SelfSigned(Path certificate, Path key, Path store) {

    public static final String STORE_PASSWORD = "changeit";

    /** Makes one; its files lie in the directory and begin with the name. */
    public static SelfSigned create(Path directory, String name) {
        Path store = directory.resolve(name + ".p12");
        try {
            generate(name, store);
            KeyStore keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD.toCharArray());
            return new SelfSigned(
                    pem(
                            directory.resolve(name + ".crt"),
                            "CERTIFICATE",
                            keys.getCertificate(name).getEncoded()),
                    pem(
                            directory.resolve(name + ".key"),
                            "PRIVATE KEY",
                            keys.getKey(name, STORE_PASSWORD.toCharArray()).getEncoded()),
                    store);
        } catch (IOException | GeneralSecurityException e) {
            throw new SandboxException("No certificate can be made in " + directory, e);
        } catch (InterruptedException e) {
            throw Interrupted.while_("making a certificate in " + directory);
        }
    }

    private static void generate(String name, Path store) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "RSA",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        STORE_PASSWORD,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1")
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new SandboxException("No certificate can be made: " + output);
        }
    }

    private static Path pem(Path file, String kind, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
