package io.twinlog.schemas.database;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a connection that two sides refuse each other, for a certificate or for how it is encrypted, from one that is lost: waiting mends only the
 * second. Stateless.
 */
public final class TlsRefusal {

    /** What drivers say themselves, without the exception behind it: names of hosts, files, servers that do not encrypt. */
    private static final Pattern SAID = Pattern.compile(
            "(?i)hostname verification|could not be verified by hostname|ssl not enabled|self signed certificate|ssl context"
                    + "|key ?store|trust ?store|serverSslCert|ssl (root )?certificate file|ssl key file");

    private TlsRefusal() {}

    /** Whether an attempt to connect failed by it. */
    public static boolean isIn(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException
                    || cause instanceof SSLException && !isLost(cause.getCause())
                    || cause instanceof SQLException
                            && SAID.matcher(String.valueOf(cause.getMessage())).find()) {
                return true;
            }
        }
        return false;
    }

    /** A server that goes away while the two agree leaves an end of the stream, or a reset, behind the exception of TLS. */
    private static boolean isLost(@Nullable Throwable from) {
        for (Throwable cause = from; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException && !(cause instanceof SSLException)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What to do.
     *
     * @param key of the URL, such as {@code target.url}
     */
    public static String remedy(String key) {
        return "Correct what " + key
                + " says of TLS and of certificates (docs/security.md), or the certificate of the server";
    }
}
