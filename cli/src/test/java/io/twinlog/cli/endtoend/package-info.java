/**
 * End-to-end and fault tests: the whole product as a user runs it, in processes of its own, against real servers, while parts
 * are killed, frozen and cut off. Shared pieces: {@link io.twinlog.cli.endtoend.Twins} (servers and processes),
 * {@link io.twinlog.cli.endtoend.Bank} (a load with an invariant), {@link io.twinlog.cli.endtoend.BalanceWatch} (samples it).
 */
@NullMarked
package io.twinlog.cli.endtoend;

import org.jspecify.annotations.NullMarked;
