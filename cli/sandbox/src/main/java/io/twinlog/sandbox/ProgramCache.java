package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A folder in which the programs of servers are kept, unpacked once per user. A server's folder is named after the content
 * of its archive and appears by an atomic rename, so that a reader never sees half of it, and other versions do no harm.
 */
record ProgramCache(Path folder) {
    /** Overrides the folder of this user. */
    static final String PROPERTY = "twinlog.cache.dir";

    private static final String HALF = "half-";

    /** Fills a fresh folder. */
    interface Unpacking {
        void into(Path fresh) throws IOException;
    }

    /** The cache of this user; programs are started from it, so nobody else may have put them there. */
    static ProgramCache ofThisUser() {
        String chosen = System.getProperty(PROPERTY);
        Path folder = PrivateDirectory.create(chosen == null ? userFolder() : Path.of(chosen));
        PrivateDirectory.requireOwn(folder);
        return new ProgramCache(folder);
    }

    private static Path userFolder() {
        String base = System.getenv("XDG_CACHE_HOME");
        if (base != null && !base.isEmpty()) {
            return Path.of(base, "twinlog");
        }
        Path home = Path.of(System.getProperty("user.home"));
        if (Files.isWritable(home)) {
            return home.resolve(".cache").resolve("twinlog");
        }
        // Accounts of containers often have no home.
        return Path.of(System.getProperty("java.io.tmpdir"), "twinlog-cache-" + new UnixSystem().getUid());
    }

    /** The folder of this name; filled first, unless that was done before. */
    Path find(String name, Unpacking unpacking) throws IOException {
        Path home = folder.resolve(name);
        if (Files.isDirectory(home)) {
            return home;
        }
        Files.createDirectories(folder);
        // The first lock is for the threads of this JVM: to them the operating system's belongs already.
        synchronized (ProgramCache.class) {
            try (FileChannel file = FileChannel.open(
                            folder.resolve("unpacking.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                deleteHalves();
                if (!Files.isDirectory(home)) {
                    Path fresh = Files.createTempDirectory(
                            folder, HALF, PosixFilePermissions.asFileAttribute(permissions(true)));
                    unpacking.into(fresh);
                    Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        return home;
    }

    /** Under the lock nobody unpacks: such a folder was left by a JVM that was killed, or by a full disk. */
    private void deleteHalves() throws IOException {
        try (DirectoryStream<Path> halves = Files.newDirectoryStream(folder, HALF + "*")) {
            halves.forEach(PrivateDirectory::delete);
        }
    }

    /** Readable for all, because the account nobody may have to start it; the folder above decides who gets there. */
    static Set<PosixFilePermission> permissions(boolean executable) {
        return PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
    }
}
