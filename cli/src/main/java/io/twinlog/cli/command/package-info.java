/**
 * The commands of {@code twinlog}, a class each: they read their options, call the package that does the work, and print. {@link
 * io.twinlog.cli.command.TwinlogCommand} knows them all; {@link io.twinlog.cli.command.Failures} is where failures become
 * messages and exit codes.
 */
@NullMarked
package io.twinlog.cli.command;

import org.jspecify.annotations.NullMarked;
