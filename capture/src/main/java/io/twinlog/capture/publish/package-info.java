/**
 * From encoded events to Kafka: numbering, topics, acknowledgements, and the control log, which is the only checkpoint.
 *
 * <p>{@link io.twinlog.capture.publish.Publisher} numbers transactions and events and writes BEGIN, END and HEARTBEAT; {@link
 * io.twinlog.capture.publish.AckLedger} knows up to where Kafka has stored everything; {@link
 * io.twinlog.capture.publish.Topics} creates and checks topics; {@link io.twinlog.capture.publish.ControlLogTail} finds the
 * {@link io.twinlog.capture.publish.Checkpoint} to continue from; {@link io.twinlog.capture.publish.StoredPrefix} proves what
 * is stored beyond it. Invariants 1 and 2 are kept here.
 */
@NullMarked
package io.twinlog.capture.publish;

import org.jspecify.annotations.NullMarked;
