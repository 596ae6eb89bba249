package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A read-only mapping")
class ReadOnlyMappingIT {
    @TempDir private Path folder;

    @Test
    @DisplayName("04: opens the file read-only, so an overlay file system does not copy it")
    void doesNotCopyTheFileOfAnOverlay() throws Exception {
        // The temporary folder may be on an overlay, and an overlay cannot lie on an overlay.
        try (Mounted base = Mounted.mount(folder.resolve("base"), "-t", "tmpfs", "tmpfs")) {
            Path lower = Files.createDirectory(base.folder().resolve("lower"));
            Path upper = Files.createDirectory(base.folder().resolve("upper"));
            Path work = Files.createDirectory(base.folder().resolve("work"));
            Files.write(lower.resolve("model"), new byte[1 << 20]);
            try (Mounted overlay = Mounted.mount(base.folder().resolve("overlay"), "-t", "overlay",
                    "overlay", "-o",
                    "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work)) {
                try (OffHeapBuffer buffer =
                        OffHeapBuffer.mapReadOnly(overlay.folder().resolve("model"), 0, 1 << 20)) {
                    assertEquals(1 << 20, buffer.byteSize());
                }
                assertFalse(Files.exists(upper.resolve("model")), "the overlay copied the file");
            }
        }
    }
}
