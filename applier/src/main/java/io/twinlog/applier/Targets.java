package io.twinlog.applier;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.applier.target.mariadb.MariadbDatabase;
import io.twinlog.applier.target.postgres.PostgresDatabase;

/** Finds the code for a target by its JDBC URL. Stateless. */
public final class Targets {

    private Targets() {}

    /**
     * The target of an applier.
     *
     * @param replication the name under which the target keeps progress and held keys
     */
    public static TargetDatabase of(ApplierConfig config, String replication) {
        return of(config.targetUrl(), config.targetUser(), config.targetPassword(), replication);
    }

    public static TargetDatabase of(String url, String user, String password, String replication) {
        return Dialect.ofUrl(url) == Dialect.MARIADB
                ? new MariadbDatabase(url, user, password, replication)
                : new PostgresDatabase(url, user, password, replication);
    }
}
