package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A file system that is mounted read-only")
class ReadOnlyFileSystemIT {
    @TempDir private Path folder;

    @Test
    @DisplayName("is refused with a remedy")
    void isRefusedWithARemedy() throws Exception {
        try (Mounted mounted = Mounted.mount(folder.resolve("ro"), "-t", "tmpfs", "-o", "ro",
                "tmpfs")) {
            var refused = assertThrows(FileSystemException.class,
                    () -> OffHeapBuffer.map(mounted.folder().resolve("file"), 0, 7));
            assertTrue(refused.getMessage()
                    .endsWith("Read-only file system. Mount it for writing,"
                            + " or use OffHeapBuffer.mapReadOnly. [VDM-MAPPING-FAILED]"),
                    refused::getMessage);
        }
    }
}
