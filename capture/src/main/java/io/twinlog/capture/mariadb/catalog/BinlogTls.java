package io.twinlog.capture.mariadb.catalog;

import com.github.shyiko.mysql.binlog.network.SSLSocketFactory;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.export.ExceptionFactory;
import org.mariadb.jdbc.export.SslMode;
import org.mariadb.jdbc.plugin.tls.main.DefaultTlsSocketPlugin;

/**
 * Encrypts the connection that the binlog comes by as the driver encrypts its own, from the same parameters of the URL. Immutable.
 *
 * <p>In one case it is stricter: a server whose certificate nobody vouches for may prove itself to the driver by the password. Here it
 * cannot.
 */
final class BinlogTls implements SSLSocketFactory {

    private final SSLContext context;
    private final HostAddress host;
    private final boolean verifiesHost;

    private BinlogTls(SSLContext context, HostAddress host, boolean verifiesHost) {
        this.context = context;
        this.host = host;
        this.verifiesHost = verifiesHost;
    }

    /**
     * What a URL asks for; null for a connection in the clear.
     *
     * @throws SQLException if a certificate or store cannot be read
     */
    static @Nullable BinlogTls of(Configuration url, HostAddress host) throws SQLException {
        SslMode mode = url.sslMode();
        if (mode == SslMode.DISABLE) {
            return null;
        }
        ExceptionFactory failures = new ExceptionFactory(url, host);
        DefaultTlsSocketPlugin driver = new DefaultTlsSocketPlugin();
        boolean named = mode == SslMode.TRUST || url.serverSslCert() != null || url.trustStore() != null;
        // Without a name the driver would believe whoever proves itself later; null believes whom the JVM believes.
        TrustManager @Nullable [] believed = named ? driver.getTrustManager(url, failures, host) : null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(driver.getKeyManager(url, failures), believed, null);
            return new BinlogTls(context, host, mode == SslMode.VERIFY_FULL);
        } catch (GeneralSecurityException e) {
            throw new SQLException("TLS cannot be set up: " + e.getMessage(), "08001", e);
        }
    }

    @Override
    public SSLSocket createSocket(Socket plain) throws SocketException {
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host.host, host.port, true);
            if (verifiesHost) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            return socket;
        } catch (IOException e) {
            SocketException failure = new SocketException(e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }
}
