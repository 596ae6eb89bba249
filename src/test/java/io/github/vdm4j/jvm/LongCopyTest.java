package io.github.vdm4j.jvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.memory.PmemLibrary;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A copy that exceeds the caches")
class LongCopyTest {
    private static final long CACHE = Processor.largestCache();
    private static final long MIB = 1 << 20;
    private static final long MARK = 0x5a5a_5a5a_5a5a_5a5aL;

    private final Arena arena = Arena.ofShared();

    @TempDir Path folder;

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static Vdm mover(String name) {
        return name.equals("threads")
                ? ThreadsDataMover.builder().threads(2).open()
                : SyncDataMover.open();
    }

    private static boolean isExpected() {
        return !Processor.flags().contains("avx512f") && PmemLibrary.find().isPresent();
    }

    private MemorySegment memory(long bytes) {
        assumeTrue(bytes < 600 * MIB, "the caches of this machine are too large for the test");
        return arena.allocate(bytes);
    }

    /** Fills memory with numbers that differ from word to word. */
    private static void fill(MemorySegment memory, long seed) {
        for (long at = 0; at <= memory.byteSize() - Long.BYTES; at += Long.BYTES) {
            memory.set(JAVA_LONG.withByteAlignment(1), at,
                    (at + seed) * 0x9e37_79b9_7f4a_7c15L);
        }
    }

    private static void assertEqual(MemorySegment expected, MemorySegment actual) {
        assertEquals(-1, expected.mismatch(actual));
    }

    @ParameterizedTest
    @CsvSource({"sync, 0, 0", "sync, 1, 63", "threads, 0, 0", "threads, 4095, 17",
        "threads, 31, 5000"})
    void bytesAreCopiedAndNoOthers(String name, long from, long onto) {
        long bytes = CACHE + new Random(from).nextInt(9_000);
        MemorySegment source = memory(bytes + from);
        MemorySegment destination = memory(bytes + onto + 16);
        fill(source, from);
        destination.set(JAVA_LONG.withByteAlignment(1), onto + bytes, MARK);
        try (Vdm mover = mover(name)) {
            VdmFuture<?> copy = mover.memcpy(destination.asSlice(onto, bytes),
                    source.asSlice(from, bytes));
            copy.await();
            assertSame(VdmResult.SUCCESS, copy.result());
            assertSame(isExpected() ? ExecutionPath.LIBPMEM : ExecutionPath.JVM, copy.path());
        }
        assertEqual(source.asSlice(from, bytes), destination.asSlice(onto, bytes));
        assertEqual(MemorySegment.ofArray(new byte[(int) onto]), destination.asSlice(0, onto));
        assertEquals(MARK, destination.get(JAVA_LONG.withByteAlignment(1), onto + bytes));
    }

    @ParameterizedTest
    @CsvSource({"sync, 0, 100", "sync, 4097, 0", "threads, 0, 5000000", "threads, 77, 0"})
    void overlapIsMovedLikeByMemmove(String name, long from, long onto) {
        long bytes = CACHE + 12_345;
        MemorySegment memory = memory(bytes + Math.max(from, onto));
        fill(memory, onto);
        MemorySegment before = memory(bytes).copyFrom(memory.asSlice(from, bytes));
        try (Vdm mover = mover(name)) {
            mover.memmove(memory.asSlice(onto, bytes), memory.asSlice(from, bytes)).await();
        }
        assertEqual(before, memory.asSlice(onto, bytes));
    }

    @ParameterizedTest
    @CsvSource({"sync", "threads"})
    void shorterCopyStaysInTheCaches(String name) {
        MemorySegment memory = memory(CACHE - 1);
        try (Vdm mover = mover(name)) {
            VdmFuture<?> copy = mover.memcpy(memory(CACHE - 1), memory);
            copy.await();
            assertSame(ExecutionPath.JVM, copy.path());
        }
    }

    @ParameterizedTest
    @CsvSource({"sync", "threads"})
    void truncatedFileBehindARawAddressFailsTheCopy(String name) throws IOException {
        Path file = folder.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped = channel.map(MapMode.READ_WRITE, 0, CACHE, arena);
            MemorySegment raw = MemorySegment.ofAddress(mapped.address()).reinterpret(CACHE);
            channel.truncate(MIB);
            try (Vdm mover = mover(name)) {
                VdmFuture<?> copy = mover.memcpy(memory(CACHE), raw);
                assertSame(VdmResult.IO_ERROR,
                        assertThrows(VdmException.class, copy::await).result());
            }
        }
    }

    @Test
    void closedArenaFailsTheCopy() {
        MemorySegment destination = memory(CACHE);
        try (Vdm mover = mover("threads")) {
            VdmFuture<?> copy;
            try (Arena brief = Arena.ofShared()) {
                copy = mover.memcpy(destination, brief.allocate(CACHE));
            }
            assertSame(VdmResult.SEGMENT_UNUSABLE,
                    assertThrows(VdmException.class, copy::await).result());
        }
    }

    @Test
    void heapIsCopiedByTheJvm() {
        assumeTrue(CACHE <= 64 * MIB, "the test needs heap of the size of the caches");
        byte[] heap = new byte[(int) CACHE];
        new Random(1).nextBytes(heap);
        MemorySegment destination = memory(CACHE);
        try (Vdm mover = mover("threads")) {
            VdmFuture<?> copy = mover.memcpy(destination, MemorySegment.ofArray(heap));
            copy.await();
            assertSame(ExecutionPath.JVM, copy.path());
        }
        assertEqual(MemorySegment.ofArray(heap), destination);
    }
}
