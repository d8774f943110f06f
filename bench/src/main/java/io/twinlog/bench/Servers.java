package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedServer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The database servers of a run, started when they are first asked for. One thread. */
final class Servers implements AutoCloseable {

    private final Database kind;
    private final Map<String, EmbeddedServer> running = new LinkedHashMap<>();

    Servers(Database kind) {
        this.kind = kind;
    }

    EmbeddedServer find(String name) {
        EmbeddedServer found = running.get(name);
        if (found == null) {
            found = kind.server(running.size() + 1);
            running.put(name, found);
        }
        return found;
    }

    @Override
    public void close() {
        running.values().forEach(EmbeddedServer::close);
    }
}
