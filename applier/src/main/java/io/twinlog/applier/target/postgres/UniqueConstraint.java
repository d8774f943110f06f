package io.twinlog.applier.target.postgres;

import java.util.List;

/**
 * A unique index of a target table.
 *
 * @param columns its columns; empty where it has expressions or a predicate
 */
record UniqueConstraint(String name, boolean primary, List<String> columns) {}
