package io.twinlog.applier.target;

import java.util.List;

/**
 * A unique index of a target table.
 *
 * @param primary whether it is the key by which rows are found, so that nothing else can hold its values
 * @param columns its columns; empty where it has expressions or a predicate
 */
public record UniqueConstraint(String name, boolean primary, List<String> columns) {}
