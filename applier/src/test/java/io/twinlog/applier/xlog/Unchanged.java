package io.twinlog.applier.xlog;

/** Marks a column that the log left out. */
public enum Unchanged {
    UNCHANGED
}
