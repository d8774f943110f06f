package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of an embedded MariaDB, written to {@code my.cnf} at every start. */
final class MariadbSettings {
    private final Map<String, String> values = new LinkedHashMap<>();

    MariadbSettings(Map<String, String> extra) {
        // A fault test on a server that may lose acknowledged commits proves nothing.
        values.put("innodb_flush_log_at_trx_commit", "1");
        values.put("innodb_doublewrite", "ON");
        values.put("sync_binlog", "1");
        values.put("log_bin", "binlog");
        values.put("log_slave_updates", "ON");
        values.put("server_id", "1");
        values.put("binlog_format", "ROW");
        values.put("binlog_row_image", "FULL");
        values.put("binlog_row_metadata", "FULL");
        values.put("gtid_strict_mode", "ON");
        values.put("character_set_server", "utf8mb4");
        // The default from 10.10 on; a target needs it.
        values.put("explicit_defaults_for_timestamp", "ON");
        values.put("bind_address", "127.0.0.1");
        // The path of a socket may have 107 bytes only, less than many a build directory.
        values.put("socket", "");
        // Without names nobody waits for a name server; accounts are of addresses.
        values.put("skip_name_resolve", "ON");
        // With TLS every start makes a new key first, which takes more processor time than all the rest (3.3 s of 3.4
        // s).
        values.put("ssl", "OFF");
        values.put("innodb_buffer_pool_size", "64M");
        values.put("innodb_log_file_size", "32M");
        values.put("lc_messages", "en_US");
        values.putAll(extra);
        if (values.get("log_bin").equals("OFF")) {
            // The setting takes a file name, and would take this for one.
            values.remove("log_bin");
            values.put("skip_log_bin", "ON");
        }
    }

    /** Writes the file that {@code --defaults-file} names. */
    void write(Path file, MariadbBinaries binaries, Path data, int port) throws IOException {
        StringBuilder text = new StringBuilder("# Written at every start.\n[mariadbd]\n");
        values.forEach((name, value) -> line(text, name, value));
        line(text, "basedir", binaries.home().toString());
        line(text, "lc_messages_dir", binaries.share().toString());
        line(text, "character_sets_dir", binaries.share().resolve("charsets").toString());
        line(text, "datadir", data.toString());
        // A server that starts clears away the temporary tables it finds, those of its neighbours too.
        Path temporary = Files.createDirectories(data.resolveSibling("tmp"));
        line(text, "tmpdir", temporary.toString());
        line(text, "pid_file", data.resolve("mariadb.pid").toString());
        line(text, "port", Integer.toString(port));
        Files.writeString(file, text);
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name)
                .append(" = \"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append("\"\n");
    }
}
