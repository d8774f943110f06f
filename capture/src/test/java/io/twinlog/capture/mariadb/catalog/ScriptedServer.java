package io.twinlog.capture.mariadb.catalog;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A server of a version that cannot be had here: it knows the statements that it was told, and refuses others as a server does. */
final class ScriptedServer {

    private final String version;
    private final Map<String, List<Map<String, String>>> answers = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();

    ScriptedServer(String version) {
        this.version = version;
        variable("version", version);
    }

    /** @param columns names and values of one row, in turn */
    ScriptedServer answer(String statement, String... columns) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put(columns[i], columns[i + 1]);
        }
        answers.computeIfAbsent(statement, key -> new ArrayList<>()).add(row);
        return this;
    }

    ScriptedServer variable(String name, String value) {
        return answer("SHOW GLOBAL VARIABLES LIKE " + name.replace("_", "\\_"), "Variable_name", name, "Value", value);
    }

    /** The statements that were sent, with the values of their parameters. */
    List<String> asked() {
        return asked;
    }

    Connection connect() {
        DatabaseMetaData metadata = proxy(DatabaseMetaData.class, (self, method, arguments) -> {
            if (method.getName().equals("getDatabaseProductVersion")) {
                return version;
            }
            throw unexpected(method);
        });
        return proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
            case "getMetaData" -> metadata;
            case "createStatement" -> statement(Statement.class, null);
            case "prepareStatement" -> statement(PreparedStatement.class, (String) arguments[0]);
            case "close" -> null;
            default -> throw unexpected(method);
        });
    }

    private <S extends Statement> S statement(Class<S> type, String prepared) {
        List<String> parameters = new ArrayList<>();
        return proxy(type, (self, method, arguments) -> switch (method.getName()) {
            case "setString" -> {
                parameters.add((String) arguments[1]);
                yield null;
            }
            case "execute" -> {
                asked.add((String) arguments[0]);
                yield true;
            }
            case "executeQuery" -> {
                String statement = prepared == null ? (String) arguments[0] : prepared;
                for (String parameter : parameters) {
                    statement = statement.replaceFirst("\\?", java.util.regex.Matcher.quoteReplacement(parameter));
                }
                yield rows(statement);
            }
            case "close" -> null;
            default -> throw unexpected(method);
        });
    }

    private ResultSet rows(String statement) throws SQLException {
        asked.add(statement);
        List<Map<String, String>> rows = answers.get(statement);
        if (rows == null && statement.startsWith("SHOW GLOBAL VARIABLES")) {
            rows = List.of();
        }
        if (rows == null) {
            throw new SQLSyntaxErrorException(
                    "You have an error in your SQL syntax near '" + statement + "'", "42000", 1064);
        }
        List<Map<String, String>> found = rows;
        int[] at = {-1};
        return proxy(ResultSet.class, (self, method, arguments) -> switch (method.getName()) {
            case "next" -> ++at[0] < found.size();
            case "getString" -> value(found.get(at[0]), arguments[0]);
            case "getLong" -> Long.parseLong(value(found.get(at[0]), arguments[0]));
            case "close" -> null;
            default -> throw unexpected(method);
        });
    }

    private static String value(Map<String, String> row, Object column) throws SQLException {
        if (column instanceof Integer number) {
            return new ArrayList<>(row.values()).get(number - 1);
        }
        if (!row.containsKey(column)) {
            throw new SQLException("No column " + column);
        }
        return row.get(column);
    }

    private static UnsupportedOperationException unexpected(Method method) {
        return new UnsupportedOperationException(method.toString());
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(ScriptedServer.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
