/** What a daemon tells those who watch it by HTTP: metrics for Prometheus, its health, its status (docs/monitoring.md). */
@NullMarked
package io.twinlog.cli.monitor;

import org.jspecify.annotations.NullMarked;
