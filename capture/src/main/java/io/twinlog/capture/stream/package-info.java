/**
 * From changes to events: what a row change of the log is on the topic, whatever the source.
 *
 * <p>A source's reader gives the changes of its log to {@link io.twinlog.capture.stream.TransactionWriter}, which gives events to
 * the publisher; {@link io.twinlog.capture.stream.TableDirectory} announces each version of a table before it is used.
 */
@NullMarked
package io.twinlog.capture.stream;

import org.jspecify.annotations.NullMarked;
