/**
 * The configuration file: YAML text becomes records, or one report of everything that is wrong with it.
 *
 * <p>Text -&gt; SnakeYAML nodes, which know their line and column, -&gt; {@code Substitution}
 * (<code>${NAME}</code>, <code>${file:path}</code>) -&gt; {@code RecordBinder} (a record per section) -&gt;
 * {@link io.twinlog.cli.config.TwinlogConfiguration}.
 *
 * <p>Reading order: {@link io.twinlog.cli.config.Key}, which stands at each record component and is all that is known about a
 * key; {@link io.twinlog.cli.config.TwinlogConfiguration} and the records that it names; {@link
 * io.twinlog.cli.config.ConfigurationFile}, which reads; {@link io.twinlog.cli.config.ConfigurationReference}, which writes
 * docs/configuration.md.
 *
 * <p>Kept here: every problem of a file is reported at once; an unknown key is a problem; a message never holds the value of
 * a secret, nor what a <code>${...}</code> stands for.
 */
@NullMarked
package io.twinlog.cli.config;

import org.jspecify.annotations.NullMarked;
