/** Addresses of databases, as daemon and plugins are given them. */
@NullMarked
package io.twinlog.schemas.database;

import org.jspecify.annotations.NullMarked;
