package io.twinlog.capture;

import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.MariadbAddress;
import io.twinlog.capture.mariadb.catalog.MariadbCatalog;
import io.twinlog.capture.mariadb.catalog.MariadbTable;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at a MariaDB source from outside of a running capture. Not thread-safe. */
final class MariadbView implements SourceView {

    private final Connection connection;
    private final TablePatterns tables;

    MariadbView(CaptureConfig config) {
        this.tables = new TablePatterns(config.tables());
        try {
            this.connection =
                    new MariadbAddress(config.sourceUrl(), config.sourceUser(), config.sourcePassword()).open();
        } catch (SQLException e) {
            throw MariadbSource.sqlFailure(e, null);
        }
    }

    @Override
    public String end() {
        try {
            return new BinlogFiles(connection).end();
        } catch (SQLException e) {
            throw MariadbSource.sqlFailure(e, null);
        }
    }

    /** A binlog is kept by its server's settings, not for us. */
    @Override
    public @Nullable Bookmark bookmark() {
        return null;
    }

    @Override
    public SortedMap<TableId, ReplicaIdentity> detection() {
        try {
            SortedMap<TableId, ReplicaIdentity> strengths = new TreeMap<>();
            MariadbCatalog catalog = new MariadbCatalog(connection);
            for (TableId id : catalog.select(tables)) {
                MariadbTable table = catalog.find(id);
                strengths.put(id, table != null && table.hasKey() ? ReplicaIdentity.FULL : ReplicaIdentity.NONE);
            }
            return strengths;
        } catch (SQLException e) {
            throw MariadbSource.sqlFailure(e, null);
        }
    }

    @Override
    public List<TableShape> shapes() {
        try {
            List<TableShape> shapes = new ArrayList<>();
            MariadbCatalog catalog = new MariadbCatalog(connection);
            for (TableId id : catalog.select(tables)) {
                MariadbTable table = catalog.find(id);
                if (table != null && table.hasKey()) {
                    shapes.add(table.shape());
                }
            }
            return shapes;
        } catch (SQLException e) {
            throw MariadbSource.sqlFailure(e, null);
        }
    }

    /** The binlog takes no marks of ours; its end serves, and heartbeats tell when capture has passed it. */
    @Override
    public String emitBarrier(String token) {
        return end();
    }

    @Override
    public boolean sharesLogWith(String systemId) {
        try {
            BinlogFiles files = new BinlogFiles(connection);
            return !files.kind().isOther(files, systemId);
        } catch (SQLException e) {
            throw MariadbSource.sqlFailure(e, null);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw MariadbSource.sqlFailure(e, null);
        }
    }
}
