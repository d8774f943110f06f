package io.twinlog.applier.target;

/** A column of a target table, as far as that is the same at every vendor. */
public interface TargetColumn {

    String name();

    /** Its name as statements name it. */
    String quoted();

    /** Whether the target computes its value. */
    boolean generated();

    /** Whether updates must leave it alone. */
    boolean insertOnly();
}
