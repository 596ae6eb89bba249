package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.PmemLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresDml
@DisplayName("Durable on the software path of the real libdml:")
class DmlDurabilityIT {
    private static final int SIZE = 40_000;

    private static DmlDataMover open(boolean libpmem, long parts) {
        if (libpmem) {
            assumeTrue(
                    PmemLibrary.find().isPresent(),
                    () -> "needs libpmem: " + PmemLibrary.whyUnavailable().orElseThrow());
        }
        return DmlDataMover.builder()
                .path(DmlPath.SOFTWARE)
                .maxTransferBytes(parts)
                .nativeMemoryIsPersistent(true)
                .durability(libpmem ? Durability.system() : Durability.withoutLibpmem())
                .open();
    }

    private static MemorySegment noise(Arena arena) {
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        return arena.allocate(SIZE, 64).copyFrom(MemorySegment.ofArray(bytes));
    }

    private static void done(VdmFuture<VdmOutput> future, ExecutionPath path) {
        future.busyPoll();
        future.orThrow();
        assertEquals(path, future.path());
    }

    /** Checks the same operations on memory and on a part of a file. */
    private static void checkAll(
            DmlDataMover mover, MemorySegment whole, MemorySegment source, int offset, int length,
            ExecutionPath flush) {
        byte[] expected = whole.toArray(ValueLayout.JAVA_BYTE);
        byte[] from = source.toArray(ValueLayout.JAVA_BYTE);
        MemorySegment range = whole.asSlice(offset, length);
        assertTrue(mover.isSupported(VdmFlags.MEM_DURABLE, range));

        done(mover.memcpy(range, source.asSlice(7, length), VdmFlags.MEM_DURABLE),
                ExecutionPath.DML_SOFTWARE);
        System.arraycopy(from, 7, expected, offset, length);
        assertArrayEquals(expected, whole.toArray(ValueLayout.JAVA_BYTE));

        done(mover.memmove(range, whole.asSlice(offset + 1, length), VdmFlags.MEM_DURABLE),
                ExecutionPath.DML_SOFTWARE);
        System.arraycopy(expected, offset + 1, expected, offset, length);
        assertArrayEquals(expected, whole.toArray(ValueLayout.JAVA_BYTE));

        done(mover.memset(range, (byte) 3, VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT)),
                ExecutionPath.DML_SOFTWARE);
        Arrays.fill(expected, offset, offset + length, (byte) 3);
        assertArrayEquals(expected, whole.toArray(ValueLayout.JAVA_BYTE));

        done(mover.flush(range), flush);
        done(mover.flush(range.asReadOnly()), flush);
        assertArrayEquals(expected, whole.toArray(ValueLayout.JAVA_BYTE),
                "a flush changes nothing");
    }

    @ParameterizedTest(name = "native memory, libpmem: {0}, offset {1}, {2} bytes, parts of {3}")
    @CsvSource({"false, 0, 64, 1024", "false, 1, 1, 1024", "false, 63, 2, 64", "false, 10, 20, 64",
        "false, 100, 30000, 4096", "true, 1, 1, 1024", "true, 63, 2, 64", "true, 100, 30000, 4096"})
    void nativeMemoryIsMadeDurable(boolean libpmem, int offset, int length, long parts) {
        ExecutionPath flush = libpmem ? ExecutionPath.LIBPMEM : ExecutionPath.DML_SOFTWARE;
        try (Arena arena = Arena.ofShared(); DmlDataMover mover = open(libpmem, parts)) {
            checkAll(mover, arena.allocate(SIZE, 64), noise(arena), offset, length, flush);
            try (OffHeapBuffer wrapped =
                    OffHeapBuffer.wrap(arena.allocate(SIZE, 64), DurabilityDomain.CACHE_LINE)) {
                checkAll(mover, wrapped.segment(), noise(arena), offset, length, flush);
                assertEquals(0, wrapped.operationsInFlight());
            }
        }
    }

    @ParameterizedTest(name = "AUTO, AVX-512: {0}, {1} bytes")
    @CsvSource({"true, 1, DML_SOFTWARE", "true, 200, DML_SOFTWARE", "true, 30000, DML_SOFTWARE",
        "false, 1, JVM", "false, 200, JVM", "false, 30000, JVM"})
    void fasterCodeFillsDurably(boolean avx512, int length, ExecutionPath path) {
        try (Arena arena = Arena.ofShared();
                DmlDataMover mover = DmlDataMover.builder()
                        .avx512(avx512)
                        .nativeMemoryIsPersistent(true)
                        .durability(Durability.withoutLibpmem())
                        .open()) {
            assumeTrue(mover.runningPath() == DmlPath.SOFTWARE, "this machine has a DSA");
            MemorySegment whole = noise(arena);
            byte[] expected = whole.toArray(ValueLayout.JAVA_BYTE);
            done(mover.memset(whole.asSlice(7, length), (byte) 3, VdmFlags.MEM_DURABLE), path);
            Arrays.fill(expected, 7, 7 + length, (byte) 3);
            assertArrayEquals(expected, whole.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @ParameterizedTest(name = "a mapped file, parts of {0}")
    @ValueSource(longs = {64, 4096, 1 << 20})
    void mappedFileIsMadeDurable(long parts, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("file");
        try (Arena arena = Arena.ofShared();
                DmlDataMover mover = open(false, parts);
                OffHeapBuffer buffer = OffHeapBuffer.map(file, 5, SIZE)) {
            checkAll(mover, buffer.segment(), noise(arena), 4090, 13, ExecutionPath.JVM);
            checkAll(mover, buffer.segment(), noise(arena), 1, 30_000, ExecutionPath.JVM);
            byte[] inFile = Files.readAllBytes(file);
            assertArrayEquals(
                    buffer.segment().toArray(ValueLayout.JAVA_BYTE),
                    Arrays.copyOfRange(inFile, 5, inFile.length));
        }
    }

    @Test
    void allocatedMemoryIsRefusedAndNotWritten() {
        try (Arena arena = Arena.ofShared();
                DmlDataMover mover = open(false, 1024);
                OffHeapBuffer buffer = OffHeapBuffer.allocate(SIZE)) {
            assertFalse(mover.isSupported(VdmFlags.MEM_DURABLE, buffer.segment()));
            MemorySegment source = noise(arena);
            for (VdmFuture<VdmOutput> future : List.of(
                    mover.memcpy(buffer.segment(), source, VdmFlags.MEM_DURABLE),
                    mover.memmove(buffer.segment(), source, VdmFlags.MEM_DURABLE),
                    mover.memset(buffer.segment(), (byte) 1, VdmFlags.MEM_DURABLE),
                    mover.flush(buffer.segment()))) {
                future.busyPoll();
                assertEquals(VdmResult.UNSUPPORTED, future.result());
            }
            assertArrayEquals(new byte[SIZE], buffer.segment().toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
