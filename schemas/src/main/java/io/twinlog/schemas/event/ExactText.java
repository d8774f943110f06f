package io.twinlog.schemas.event;

/**
 * A value that its column's xlog type cannot hold, as the source prints it.
 *
 * @param column name of the column, unescaped
 * @param text exact text that the column's type reads back as the very value
 */
public record ExactText(String column, String text) {}
