package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import jdk.nio.mapmode.ExtendedMapMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@OnDax
@DisplayName("A missing page ends the operation, not the JVM")
class MissingPagesOnDax {
    private static final int PAGE = 4096;
    private static final int SIZE = 4 * PAGE;

    private final Path file = DaxFiles.PMEM.resolve("missing");
    private final Path filler = DaxFiles.PMEM.resolve("filler");

    @AfterEach
    void delete() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(filler);
    }

    private static void assertEndsWithIoError(Vdm mover, MemorySegment onto) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate(onto.byteSize());
            for (VdmFuture<VdmOutput> future : List.of(
                    mover.memcpy(onto, source, VdmFlags.MEM_DURABLE),
                    mover.memmove(onto, source, VdmFlags.MEM_DURABLE),
                    mover.memset(onto, (byte) 1, VdmFlags.MEM_DURABLE),
                    mover.memset(onto, (byte) 1, VdmFlags.NONE),
                    mover.memcpy(source, onto, VdmFlags.NONE))) {
                future.busyPoll();
                assertEquals(
                        VdmResult.IO_ERROR, future.result(),
                        () -> future + ": " + future.failure());
            }
        }
    }

    private void truncate() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(PAGE);
        }
    }

    /** Fills the device. */
    private void fillDevice() throws IOException {
        try (FileChannel channel =
                FileChannel.open(filler, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long size = 64 << 20; size >= PAGE;) {
                try {
                    OffHeapBuffer.map(filler, channel.size(), size).close();
                } catch (IOException full) {
                    size /= 2;
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("a truncated file of a buffer fails the operation")
    void truncatedBufferFailsTheOperation(Movers which) throws IOException {
        try (Vdm mover = which.open();
                OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE)) {
            truncate();
            assertEndsWithIoError(mover, buffer.segment());
            var first =
                    mover.memset(buffer.slice(0, PAGE), (byte) 3, VdmFlags.MEM_DURABLE);
            first.await();
            first.orThrow();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("a truncated file of the caller's mapping fails a flush")
    void truncatedSegmentFailsTheOperation(Movers which) throws IOException {
        try (Vdm mover = which.open();
                Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(file, ExtendedMapMode.READ_WRITE_SYNC, SIZE, arena);
            truncate();
            assertEndsWithIoError(mover, bare);
        }
    }

    @Test
    @DisplayName("a hole on a full device fails the operation")
    void holeOnFullDeviceFailsTheOperation() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(file, ExtendedMapMode.READ_WRITE_SYNC, 64L << 20, arena);
            fillDevice();
            for (Movers which : Movers.values()) {
                try (Vdm mover = which.open()) {
                    VdmFuture<VdmOutput> future =
                            mover.memset(bare, (byte) 1, VdmFlags.MEM_DURABLE);
                    future.busyPoll();
                    assertEquals(
                            VdmResult.IO_ERROR, future.result(),
                            () -> which + ": " + future.failure());
                }
            }
        }
    }

    @Test
    @DisplayName("without space a buffer is refused, on both file systems")
    void bufferWithoutSpaceIsRefused() throws IOException {
        for (Path place : List.of(DaxFiles.PMEM, DaxFiles.DISK)) {
            Path big = place.resolve("big");
            var e = assertThrows(IOException.class, () -> OffHeapBuffer.map(big, 0, 1L << 30));
            String message = e.getMessage();
            assertTrue(message.startsWith(big
                    + ": mapping 1,073,741,824 bytes at offset 0 failed: the"
                    + " part needs at least 1,073,741,824 more bytes of storage, and the file "
                    + "system"
                    + " has "), message);
            assertTrue(message.endsWith("The call changed nothing. [VDM-MAPPING-FAILED]"), message);
            assertFalse(Files.exists(big), big + " was made");
        }
    }
}
