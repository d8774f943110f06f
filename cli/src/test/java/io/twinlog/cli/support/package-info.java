/** What the integration tests of the command line share: servers, configuration files, commands. */
package io.twinlog.cli.support;
