/**
 * What every command needs to speak with the one who typed it: exit codes, tables, figures with units, JSON. Knows nothing of
 * replication.
 */
@NullMarked
package io.twinlog.cli.terminal;

import org.jspecify.annotations.NullMarked;
