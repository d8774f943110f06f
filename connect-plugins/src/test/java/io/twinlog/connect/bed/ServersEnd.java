package io.twinlog.connect.bed;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Stops the servers behind the last test of the JVM. */
public final class ServersEnd implements LauncherSessionListener {

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        Servers.stop();
    }
}
