package io.twinlog.applier.xlog;

/** A value that travels as exact text because its column's type cannot hold it. */
public record Exact(String text) {}
