/** Databases as both sides know them: their addresses, as daemon and plugins are given them, and what may be made of what servers say. */
@NullMarked
package io.twinlog.schemas.database;

import org.jspecify.annotations.NullMarked;
