package io.twinlog.applier.dialect;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** MySQL, where it wants to be told otherwise than MariaDB. */
final class MysqlDialect extends MariadbDialect {

    MysqlDialect() {
        super("utf8mb4_0900_bin");
    }

    /** It knows no IF NOT EXISTS here. The lock of creation is held. */
    @Override
    public void createIndex(Statement statement, String name, String table, String columns) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT 1 FROM information_schema.statistics WHERE table_schema ="
                + " 'twinlog' AND table_name = '" + table + "' AND index_name = '" + name + "'")) {
            if (row.next()) {
                return;
            }
        }
        statement.execute("CREATE INDEX " + name + " ON twinlog." + table + " (" + columns + ")");
    }
}
