/** The three servers of {@code sandbox} and {@code demo} together, and a configuration file for them. */
@NullMarked
package io.twinlog.cli.servers;

import org.jspecify.annotations.NullMarked;
