package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoryIT {
    @TempDir
    Path parent;

    @Test
    void new_directory_is_for_its_owner_alone() throws IOException {
        Path directory = PrivateDirectory.create(parent.resolve("a/b"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThatCode(() -> PrivateDirectory.requireOwn(PrivateDirectory.create(directory)))
                .doesNotThrowAnyException();
    }

    @Test
    void directory_that_others_may_write_into_is_refused() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> PrivateDirectory.create(directory)).hasMessageContaining("chmod 700");

        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> PrivateDirectory.requireOwn(directory)).hasMessageContaining("others may have put");
    }
}
