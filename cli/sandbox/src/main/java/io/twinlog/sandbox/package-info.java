/**
 * Real servers as objects: PostgreSQL, MariaDB and Kafka that a test or a demonstration starts, stops, kills and starts again.
 *
 * <p>Reading order:
 *
 * <ul>
 *   <li>{@link io.twinlog.sandbox.EmbeddedPostgres}: a PostgreSQL server in processes of its own, durable as in production,
 *       on a directory of its own, which one JVM holds at a time;
 *   <li>{@link io.twinlog.sandbox.EmbeddedMariadb}: the same for MariaDB, whose programs are on the class path only where
 *       they are asked for;
 *   <li>{@link io.twinlog.sandbox.EmbeddedKafka}: a single-node KRaft broker inside this JVM;
 *   <li>{@link io.twinlog.sandbox.KafkaProcess}: the same broker in a child JVM, which can be killed;
 *   <li>{@link io.twinlog.sandbox.JavaProcess}: any main class in a child JVM: killed, frozen, read;
 *   <li>{@link io.twinlog.sandbox.TcpProxy}: a line between two parts that can be cut, frozen and healed.
 * </ul>
 *
 * <p>Kept here: a server loses nothing that it acknowledged, because no durable setting is relaxed for speed (a fault test
 * on a server without {@code fsync} proves nothing); what this JVM starts ends with this JVM, however it ends, unless asked
 * to outlive it (a {@code Guard} process sees to that); every wait is for a condition and has a limit.
 *
 * <p>Not to be confused with a library of fakes: nothing here imitates a server. It knows nothing of the product either;
 * what does belongs beside its user.
 */
@NullMarked
package io.twinlog.sandbox;

import org.jspecify.annotations.NullMarked;
