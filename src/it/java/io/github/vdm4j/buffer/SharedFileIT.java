package io.github.vdm4j.buffer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Two users of one file")
class SharedFileIT {
    private static final int MIB = 1 << 20;

    @TempDir private Path folder;

    @Test
    @DisplayName("12: durable bytes survive if another user's map fails for lack of space")
    void durableBytesSurviveTheFailureOfAnotherMap() throws Exception {
        try (Mounted disk = Mounted.disk(folder, "ext4", 64 * MIB)) {
            Path file = disk.folder().resolve("log");
            for (int round = 0; round < 20; round++) {
                Files.deleteIfExists(file);
                var failures = new AtomicInteger();
                var stop = new AtomicBoolean();
                Thread greedy = Thread.ofPlatform().start(() -> {
                    while (!stop.get()) {
                        // vdm4j refuses the first size before the file changes. fallocate refuses
                        // the second size.
                        for (long offset : new long[]{0, 40L * MIB}) {
                            try {
                                OffHeapBuffer.map(file, offset, 60L * MIB - offset / 4).close();
                            } catch (IOException e) {
                                failures.incrementAndGet();
                            }
                        }
                    }
                });
                try (var mover = SyncDataMover.open();
                        var buffer = OffHeapBuffer.map(file, 0, MIB)) {
                    for (byte value = 1; value <= 20 || failures.get() < 10; value++) {
                        mover.memset(buffer.segment(), value, VdmFlags.MEM_DURABLE).await();
                        assertTrue(Files.size(file) >= MIB, "the file was shortened");
                        assertEquals(value, buffer.segment().get(JAVA_BYTE, MIB - 1));
                    }
                } finally {
                    stop.set(true);
                    greedy.join();
                }
                assertTrue(Files.size(file) >= MIB, "the file was shortened afterwards");
            }
        }
    }

    @Test
    @DisplayName("12: a full disk changes no byte and no size, and the exception states the size")
    void fullDiskKeepsTheFile() throws Exception {
        try (Mounted disk = Mounted.disk(folder, "ext4", 64 * MIB)) {
            Path file = disk.folder().resolve("file");
            byte[] content = new byte[20 * MIB];
            Arrays.fill(content, (byte) 9);
            Files.write(file, content);
            var failed = assertThrows(FileSystemException.class,
                    () -> OffHeapBuffer.map(file, content.length, 50 * MIB));
            assertEquals(
                    file + ": mapping 52,428,800 bytes at offset 20,971,520 failed: no storage:"
                            + " fallocate: No space left on device. Free space, or map a shorter"
                            + " part. The file still has 20,971,520 bytes. Storage that the call"
                            + " added stays with the file. If no other"
                            + " process uses the file, shorten or delete it to release the storage."
                            + " [VDM-MAPPING-FAILED]",
                    failed.getMessage());
            assertEquals(-1, Arrays.mismatch(content, Files.readAllBytes(file)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext2", "ext4"})
    @DisplayName("37: a writer loses no byte to a map of the same file")
    void writerLosesNoByte(String type) throws Exception {
        try (Mounted disk = Mounted.disk(folder, type, 200 * MIB)) {
            Path file = disk.folder().resolve("file");
            assertEquals(0, WhileMapped.bytesLost(file, true));
            assertEquals(0, WhileMapped.bytesLost(file, false));
        }
    }

    @Test
    @DisplayName("37: a writer loses no byte without native access")
    void writerLosesNoByteWithoutNativeAccess() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(2), List.of(), WhileMapped.class,
                folder.resolve("file").toString());
        assertEquals("bytes lost: 0, 0", child.output().strip(), child::toString);
    }
}
