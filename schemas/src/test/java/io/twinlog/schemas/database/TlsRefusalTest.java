package io.twinlog.schemas.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.check.Check;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TlsRefusalTest {

    private static SQLException failed(Throwable cause) {
        return new SQLException("connection refused", "08000", cause);
    }

    private static SQLException failed(String words) {
        return new SQLException(words, "08000");
    }

    private static SSLHandshakeException handshake(Throwable cause) {
        SSLHandshakeException failure = new SSLHandshakeException("handshake");
        failure.initCause(cause);
        return failure;
    }

    static Stream<SQLException> refused() {
        return Stream.of(
                failed(handshake(new CertificateException(new CertPathValidatorException("no path")))),
                failed(new SSLHandshakeException("Received fatal alert: certificate_required")),
                failed(new SSLException("CN not found in certificate principal")),
                failed("SSL hostname verification failed : CN not found"),
                failed("Trying to connect with ssl, but ssl not enabled in the server"),
                failed("Failed to find trustStore file. trustStore=/nowhere"),
                failed("File not found for option `serverSslCert` (value: '/nowhere')"),
                failed("Could not open SSL root certificate file /nowhere."));
    }

    static Stream<SQLException> lost() {
        return Stream.of(
                failed(handshake(new EOFException("SSL peer shut down incorrectly"))),
                failed(new SSLException("Connection reset", new SocketException("Connection reset"))),
                failed(new ConnectException("Connection refused")),
                failed("Socket fail to connect to 127.0.0.1"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_two_sides_refuse_each_other_for_is_a_problem(SQLException failure) {
        assertThat(TlsRefusal.isIn(failure)).isTrue();
        Check check = Check.noConnection("target connection", "cannot connect", failure, "start it");
        assertThat(check.level()).isEqualTo(Check.Level.PROBLEM);
    }

    @ParameterizedTest
    @MethodSource("lost")
    void a_server_that_goes_away_is_an_outage(SQLException failure) {
        assertThat(TlsRefusal.isIn(failure)).isFalse();
        Check check = Check.noConnection("target connection", "cannot connect", failure, "start it");
        assertThat(check.level()).isEqualTo(Check.Level.OUTAGE);
    }
}
