/**
 * From decoded changes to events: what a row change of the log is on the topic.
 *
 * <p>{@link io.twinlog.capture.stream.TransactionWriter} takes the decoder's calls and gives events to the publisher; {@link
 * io.twinlog.capture.stream.TableDirectory} knows the version of each table that the log is at, and announces new ones; {@link
 * io.twinlog.capture.stream.KeyColumns} finds the key where the log does not say it.
 */
@NullMarked
package io.twinlog.capture.stream;

import org.jspecify.annotations.NullMarked;
