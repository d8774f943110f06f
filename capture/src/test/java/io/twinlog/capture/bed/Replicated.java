package io.twinlog.capture.bed;

import java.sql.Connection;
import java.sql.SQLException;

/** Something that is captured. */
public interface Replicated {

    /** The replication's name. */
    String name();

    /** A connection to the source. */
    Connection connect() throws SQLException;

    /** The broker's address. */
    String bootstrap();
}
