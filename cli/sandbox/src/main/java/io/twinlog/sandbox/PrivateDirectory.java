package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Directories that only their owner can read and write: other users must not plant programs or read data there. */
final class PrivateDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /** For a file that holds a secret. */
    static final FileAttribute<Set<PosixFilePermission>> OWNER_READS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateDirectory() {}

    /** Creates the directory and its parents if missing; one that others may write into is refused. */
    static Path create(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            Path parent = absolute.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            try {
                Files.createDirectory(absolute, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } catch (FileAlreadyExistsException e) {
                refuseWritableByOthers(absolute);
            }
            return absolute;
        } catch (IOException e) {
            throw new SandboxException("The directory cannot be created: " + absolute, e);
        }
    }

    /** Refuses a directory that another user made or may write into. */
    static void requireOwn(Path directory) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
            boolean own = Files.getAttribute(directory, "unix:uid").equals((int) new UnixSystem().getUid());
            if (!own
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new SandboxException(
                        "Programs are started from this directory, but others may have put them there: " + directory
                                + ". Delete it, or choose another one.");
            }
        } catch (IOException e) {
            throw new SandboxException("The owner of a directory cannot be seen: " + directory, e);
        }
    }

    /** A new directory below the system's temporary one. */
    static Path createTemporary(String prefix) {
        try {
            return Files.createTempDirectory(prefix, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                    .toRealPath();
        } catch (IOException e) {
            throw new SandboxException("No temporary directory can be created: " + prefix, e);
        }
    }

    /** A new file below the system's temporary directory that is deleted when this JVM ends in good order. */
    static Path createTemporaryFile(String prefix) {
        try {
            Path file = Files.createTempFile(prefix, ".log", OWNER_READS);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new SandboxException("No temporary file can be created: " + prefix, e);
        }
    }

    /** Deletes the directory and all below it; what vanishes meanwhile is no error. */
    static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new Deletion());
        } catch (NoSuchFileException e) {
            // Deleted by somebody else.
        } catch (IOException e) {
            throw new SandboxException("The directory cannot be deleted: " + directory, e);
        }
    }

    private static void refuseWritableByOthers(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new SandboxException("Every user may write into this directory: " + directory
                    + ". Choose another one, or run: chmod 700 " + directory);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
