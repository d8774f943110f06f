/** Real servers, embedded: PostgreSQL and Kafka as tests and demonstrations start, stop, kill and restart them. */
@NullMarked
package io.twinlog.sandbox;

import org.jspecify.annotations.NullMarked;
