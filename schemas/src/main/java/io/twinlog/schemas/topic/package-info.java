/** Names: topics of a replication and the reversible escape that makes any identifier legal in a topic or in Avro. */
@NullMarked
package io.twinlog.schemas.topic;

import org.jspecify.annotations.NullMarked;
