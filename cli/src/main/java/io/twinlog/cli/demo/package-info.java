/**
 * The demonstration: servers of its own, a shop, a workload, a kill, a conflict, each with figures measured while one looks on.
 *
 * <p>{@link io.twinlog.cli.demo.Demo} owns what is started and takes it down again; {@link io.twinlog.cli.demo.Story} is what is
 * shown, step by step; {@link io.twinlog.cli.demo.Shop} knows the tables, {@link io.twinlog.cli.demo.Workload} changes them,
 * {@link io.twinlog.cli.demo.LatencyProbe} watches the target, {@link io.twinlog.cli.demo.Narrator} prints.
 */
@NullMarked
package io.twinlog.cli.demo;

import org.jspecify.annotations.NullMarked;
