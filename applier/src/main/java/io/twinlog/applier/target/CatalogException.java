package io.twinlog.applier.target;

import java.sql.SQLException;

/** Carries a database error through code that is no database code. */
public final class CatalogException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final SQLException failure;

    CatalogException(SQLException failure) {
        super(failure);
        this.failure = failure;
    }

    public SQLException failure() {
        return failure;
    }
}
