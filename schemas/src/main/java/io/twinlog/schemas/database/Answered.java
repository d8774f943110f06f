package io.twinlog.schemas.database;

import java.sql.SQLException;
import java.util.Set;

/** Tells a server that refuses from one that is not there. Stateless. */
public final class Answered {

    /** Who says so is there, though it may have no connection left: a server, and a pooler before it. */
    private static final Set<String> REFUSALS = Set.of("08004", "08P01");

    private Answered() {}

    /** Whether an attempt to connect, or to ask something on a new connection, failed by an answer. */
    public static boolean byServer(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || !state.startsWith("08") || REFUSALS.contains(state);
    }
}
