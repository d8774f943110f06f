package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.capture.mariadb.binlog.BinlogConnection;
import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.MariadbAddress;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that takes no connection in the clear: neither statements nor the binlog go there unencrypted, or to a stranger. */
abstract class EncryptedSource {

    private static final String PASSWORD = "s3cret";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private int port;

    /** A server that believes clients with the second one. */
    abstract EmbeddedServer start(SelfSigned identity, SelfSigned client);

    /** What the server says to a connection in the clear. */
    String clearIsRefused(EmbeddedServer server) {
        return "insecure transport";
    }

    private MariadbAddress address(String host, String parameters) {
        return new MariadbAddress("jdbc:mariadb://" + host + ":" + port + "/?" + parameters, "reader", PASSWORD);
    }

    private static void readBinlog(MariadbAddress address, String from)
            throws IOException, SQLException, InterruptedException {
        try (BinlogConnection log = BinlogConnection.open(address.endpoint(), 77, BinlogFiles.fileOf(from), 4, true)) {
            assertThat(log.next(5_000)).isNotNull();
        }
    }

    @Test
    void statements_and_binlog_are_encrypted_and_only_the_right_server_is_believed() throws Exception {
        SelfSigned identity = SelfSigned.create(directory, "server");
        SelfSigned stranger = SelfSigned.create(directory, "stranger");
        SelfSigned client = SelfSigned.create(directory, "client");
        try (EmbeddedServer server = start(identity, client)) {
            port = server.port();
            MariadbBed source = MariadbBed.create(server);
            source.sql(
                    "CREATE USER reader@'%' IDENTIFIED BY '" + PASSWORD + "'",
                    "GRANT ALL ON *.* TO reader@'%'",
                    "CREATE TABLE t (id int PRIMARY KEY, v text)",
                    "INSERT INTO t VALUES (1, 'before')");
            String own = "serverSslCert=" + identity.certificate();
            String foreign = "serverSslCert=" + stranger.certificate();
            String end;
            try (Connection connection =
                    address("127.0.0.1", "sslMode=verify-full&" + own).open()) {
                end = new BinlogFiles(connection).end();
            }
            for (MariadbAddress right : new MariadbAddress[] {
                address("127.0.0.1", "sslMode=verify-full&" + own),
                address(
                        "127.0.0.1",
                        "sslMode=verify-full&trustStoreType=PKCS12&trustStorePassword=" + SelfSigned.STORE_PASSWORD
                                + "&trustStore=file:" + trusting(identity)),
                address("localhost", "sslMode=verify-ca&" + own),
                address("localhost", "sslMode=trust")
            }) {
                right.open().close();
                readBinlog(right, end);
            }
            for (MariadbAddress wrong : new MariadbAddress[] {
                address("127.0.0.1", "sslMode=verify-full&" + foreign),
                address("127.0.0.1", "sslMode=verify-ca&" + foreign),
                address("localhost", "sslMode=verify-full&" + own)
            }) {
                assertThatThrownBy(wrong::open).as(wrong.toString()).hasStackTraceContaining("ertificat");
                assertThatThrownBy(() -> readBinlog(wrong, end))
                        .as(wrong.toString())
                        .hasStackTraceContaining("ertificat");
            }
            assertThatThrownBy(() -> readBinlog(address("127.0.0.1", "sslMode=verify-full"), end))
                    .hasStackTraceContaining("PKIX path building failed");
            assertThatThrownBy(() -> readBinlog(address("127.0.0.1", "sslMode=disable"), end))
                    .isInstanceOf(SQLException.class);

            certificatesOfClients(source, identity, client, end);
            assertRefused(source, "sslMode=disable", clearIsRefused(server));
            assertRefused(source, "sslMode=verify-ca&" + foreign, "Correct what source.url says of TLS");
            String url = "jdbc:mariadb://127.0.0.1:" + port + "/?sslMode=verify-full&" + own;
            try (CaptureRun run = CaptureRun.start(source.config(url, "reader", PASSWORD, SnapshotMode.INITIAL))
                    .awaitStreaming()) {
                source.sql("INSERT INTO t VALUES (2, repeat('behind', 10000))");
                Xlog xlog = source.awaitAll();
                assertThat(xlog.replay("t", "id")).containsOnlyKeys("1", "2");
                assertThat(run.messages()).noneMatch(line -> line.contains("Trying again"));
            }
        }
    }

    /** An account that requires one, with the URL of docs/security.md. */
    private void certificatesOfClients(MariadbBed source, SelfSigned identity, SelfSigned client, String end)
            throws Exception {
        source.sql(
                "CREATE USER certified@'%' IDENTIFIED BY '" + PASSWORD + "' REQUIRE X509",
                "GRANT ALL ON *.* TO certified@'%'");
        Matcher documented = Pattern.compile("url: (jdbc:mariadb://source:3306/\\S+)")
                .matcher(Files.readString(Path.of("..", "docs", "security.md")));
        assertThat(documented.find()).isTrue();
        String url = documented
                .group(1)
                .replace("source:3306", "127.0.0.1:" + port)
                .replace("/etc/twinlog/ca.pem", identity.certificate().toString())
                .replace("/etc/twinlog/capture.p12", client.store().toString())
                .replace("${file:store-password}", SelfSigned.STORE_PASSWORD);
        MariadbAddress certified = new MariadbAddress(url, "certified", PASSWORD);
        certified.open().close();
        readBinlog(certified, end);
        assertThat(certified.toString()).doesNotContain(SelfSigned.STORE_PASSWORD);
        MariadbAddress bare = new MariadbAddress(url.replaceFirst("&keyStore=.*", ""), "certified", PASSWORD);
        assertThatThrownBy(bare::open).hasMessageContaining("Access denied");
        assertThatThrownBy(() -> readBinlog(bare, end)).hasStackTraceContaining("Access denied");
    }

    private Path trusting(SelfSigned identity) throws Exception {
        Path store = directory.resolve("trust.p12");
        java.security.KeyStore keys = java.security.KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        try (java.io.InputStream in = java.nio.file.Files.newInputStream(identity.certificate())) {
            keys.setCertificateEntry(
                    "server",
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        try (java.io.OutputStream out = java.nio.file.Files.newOutputStream(store)) {
            keys.store(out, SelfSigned.STORE_PASSWORD.toCharArray());
        }
        return store;
    }

    private void assertRefused(MariadbBed source, String parameters, String message) {
        String url = "jdbc:mariadb://127.0.0.1:" + port + "/?" + parameters;
        try (CaptureRun run = CaptureRun.start(source.config(url, "reader", PASSWORD, SnapshotMode.INITIAL))) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.CONFIG);
            assertThat(failure).hasMessageContaining(message);
        }
    }
}
