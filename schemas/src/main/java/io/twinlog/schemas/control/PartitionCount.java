package io.twinlog.schemas.control;

/** How many events of a transaction went to a partition. */
public record PartitionCount(String topic, int partition, long events) {}
