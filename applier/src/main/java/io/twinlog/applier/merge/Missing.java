package io.twinlog.applier.merge;

import io.twinlog.schemas.EventId;

/** An event that Kafka has acknowledged according to the control log, but that no partition has delivered so far. */
public record Missing(EventId id) {}
