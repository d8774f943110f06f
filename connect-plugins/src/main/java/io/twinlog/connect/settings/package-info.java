/**
 * What the connectors are configured with: definitions, and how they become the configurations of capture and applier.
 */
@NullMarked
package io.twinlog.connect.settings;

import org.jspecify.annotations.NullMarked;
