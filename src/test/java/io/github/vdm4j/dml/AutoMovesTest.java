package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.DurableMoves;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The copies and fills that AUTO passes to the JVM and to libpmem without hardware. */
class AutoMovesTest extends AgainstSimulatedDml {
    private DmlDataMover auto(long limit) {
        return open(builder(DmlPath.AUTO).jvmUpTo(limit));
    }

    private static ExecutionPath pathOf(VdmFuture<VdmOutput> future) {
        finish(future).orThrow();
        return future.path();
    }

    private int movesSubmitted() {
        return (int) dml.submissions()
                .stream()
                .filter(s -> s.length() > 0 && s.path() == DmlPath.SOFTWARE)
                .count();
    }

    @ParameterizedTest
    @CsvSource({"99, DML_SOFTWARE", "100, JVM", "101, JVM"})
    void copiesUpToTheLimitGoToTheJvm(long limit, ExecutionPath expected) {
        DmlDataMover mover = auto(limit);
        MemorySegment source = noise(100);
        MemorySegment copied = zeros(100);
        assertSame(expected, pathOf(mover.memcpy(copied, source)));
        assertArrayEquals(bytes(source), bytes(copied));
        MemorySegment range = noise(110);
        byte[] before = bytes(range);
        assertSame(expected, pathOf(mover.memmove(range.asSlice(10, 100), range.asSlice(0, 100))));
        assertArrayEquals(Arrays.copyOf(before, 100), bytes(range.asSlice(10, 100)));
        assertEquals(expected == ExecutionPath.JVM ? 0 : 2, movesSubmitted());
    }

    @ParameterizedTest
    @CsvSource({"99, DML_SOFTWARE", "100, JVM"})
    void fillsUpToTheLimitGoToTheJvm(long limit, ExecutionPath expected) {
        DmlDataMover mover = auto(limit);
        MemorySegment range = zeros(100);
        assertSame(expected, pathOf(mover.memset(range, (byte) -3)));
        byte[] filled = new byte[100];
        Arrays.fill(filled, (byte) -3);
        assertArrayEquals(filled, bytes(range));
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void requestedPathIsNeverTheJvm(DmlPath path) {
        dml.withHardware();
        DmlDataMover mover =
                open(builder(path).jvmUpTo(Long.MAX_VALUE));
        ExecutionPath own =
                path == DmlPath.HARDWARE ? ExecutionPath.DSA_HARDWARE : ExecutionPath.DML_SOFTWARE;
        assertSame(own, pathOf(mover.memcpy(zeros(8), zeros(8))));
        assertSame(own, pathOf(mover.memset(zeros(8), (byte) 1)));
    }

    @Test
    void workingHardwareIsUsed() {
        dml.withHardware();
        assertSame(ExecutionPath.DSA_HARDWARE, pathOf(auto(1000).memcpy(zeros(8), zeros(8))));
    }

    @Test
    void durableOperationsGoThroughDml() {
        DmlDataMover mover = auto(1000);
        assertSame(ExecutionPath.DML_SOFTWARE,
                pathOf(mover.memcpy(zeros(64), zeros(64), VdmFlags.MEM_DURABLE)));
        assertSame(ExecutionPath.DML_SOFTWARE,
                pathOf(mover.memset(zeros(64), (byte) 1, VdmFlags.MEM_DURABLE)));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(mover.flush(zeros(64))));
    }

    @Test
    void emptyCopyHasPathNone() {
        assertSame(ExecutionPath.NONE, pathOf(auto(1000).memcpy(zeros(0), zeros(0))));
    }

    @ParameterizedTest
    @CsvSource({"true, DML_SOFTWARE", "false, JVM"})
    void defaultsDependOnTheProcessor(boolean avx512, ExecutionPath longFill) {
        DmlDataMover mover = open(DmlDataMover.builder().library(dml.library()).avx512(avx512));
        assertSame(ExecutionPath.JVM, pathOf(mover.memcpy(zeros(1 << 20), zeros(1 << 20))));
        assertSame(ExecutionPath.JVM, pathOf(mover.memcpy(zeros(4 << 20), zeros(4 << 20))));
        assertSame(ExecutionPath.JVM, pathOf(mover.memset(zeros(512 << 10), (byte) 1)));
        assertSame(longFill, pathOf(mover.memset(zeros((512 << 10) + 1), (byte) 1)));
    }

    @Test
    void workersExecuteWithTheFasterCode() {
        DmlDataMover mover =
                open(builder(DmlPath.AUTO).jvmUpTo(1000).workersFrom(100));
        assertSame(ExecutionPath.JVM, pathOf(mover.memcpy(zeros(99), zeros(99))));
        assertSame(ExecutionPath.JVM, pathOf(mover.memcpy(zeros(100), zeros(100))));
        assertSame(ExecutionPath.JVM, pathOf(mover.memmove(zeros(1000), zeros(1000))));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(mover.memcpy(zeros(1001), zeros(1001))));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(mover.memset(zeros(100), (byte) 1)));
    }

    @Test
    void limitsAreNotNegative() {
        var builder = builder(DmlPath.AUTO);
        assertEquals(
                "jvmUpTo -1,000: must be 0 or more",
                assertThrows(IllegalArgumentException.class, () -> builder.jvmUpTo(-1000))
                        .getMessage());
    }

    @Test
    void closedArenaFailsTheOperation() {
        DmlDataMover mover = auto(1000);
        VdmFuture<VdmOutput> copy;
        try (Arena closed = Arena.ofShared()) {
            copy = mover.memcpy(closed.allocate(8), zeros(8));
        }
        assertSame(FutureState.COMPLETE, copy.poll());
        assertSame(VdmResult.SEGMENT_UNUSABLE, copy.result());
        assertEquals("memcpy of 8 bytes failed: a segment can no longer be used: Already closed",
                copy.failure().getMessage());
    }

    @Test
    void wrongThreadThrowsAndTheFutureStaysIdle()
            throws InterruptedException {
        DmlDataMover mover = auto(1000);
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment mine = confined.allocate(8);
            for (VdmFuture<VdmOutput> future : List.of(mover.memcpy(mine, zeros(8)),
                    mover.memcpy(zeros(8), mine),
                    mover.memset(mine, (byte) 1))) {
                var thrown = new AtomicReference<Throwable>();
                Thread other =
                        Thread.ofPlatform()
                                .uncaughtExceptionHandler((t, e) -> thrown.set(e))
                                .start(future::poll);
                other.join();
                assertTrue(thrown.get() instanceof WrongThreadException, "" + thrown.get());
                assertSame(FutureState.IDLE, future.state());
                assertSame(ExecutionPath.JVM, pathOf(future));
            }
        }
    }

    @Test
    void closedMoverStartsNothing() {
        DmlDataMover mover = auto(1000);
        MemorySegment range = zeros(8);
        VdmFuture<VdmOutput> fill = mover.memset(range, (byte) 1);
        VdmOperation again = mover.newOperation().memset(range, (byte) 1, VdmFlags.NONE);
        mover.close();
        assertSame(VdmResult.CLOSED, finish(fill).result());
        assertSame(VdmResult.CLOSED, again.start().result());
        assertArrayEquals(new byte[8], bytes(range));
    }

    @Test
    void closedBufferIsNotTouched() {
        DmlDataMover mover = auto(1000);
        OffHeapBuffer buffer = OffHeapBuffer.allocate(64);
        VdmFuture<VdmOutput> onto = mover.memcpy(buffer.segment(), zeros(64));
        VdmFuture<VdmOutput> of = mover.memcpy(zeros(64), buffer.segment());
        assertSame(ExecutionPath.JVM, pathOf(mover.memset(buffer.segment(), (byte) 1)));
        assertEquals(0, buffer.operationsInFlight());
        buffer.close();
        assertSame(VdmResult.SEGMENT_UNUSABLE, finish(onto).result());
        assertSame(VdmResult.SEGMENT_UNUSABLE, finish(of).result());
    }

    @Test
    void missingPageIsAnIoError(@TempDir Path folder) throws Exception {
        Vdm mover = auto(1 << 20);
        int size = 64 << 10;
        try (var channel = FileChannel.open(folder.resolve("cut"), StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
                Arena mapping = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, mapping);
            assertSame(ExecutionPath.JVM, pathOf(mover.memset(mapped, (byte) 5)));
            assertEquals(5, mapped.get(ValueLayout.JAVA_BYTE, size - 1));
            channel.truncate(0);
            MemorySegment plain = arena.allocate(size);
            for (VdmFuture<VdmOutput> future : List.of(mover.memcpy(plain, mapped),
                    mover.memcpy(mapped, plain),
                    mover.memset(mapped, (byte) 1))) {
                assertSame(VdmResult.IO_ERROR, finish(future).result());
                assertTrue(
                        future.failure()
                                .getMessage()
                                .contains(
                                        "a page of a mapped file is not there: the file was "
                                                + "truncated: "
                                                + folder.resolve("cut") + " has 0 bytes"),
                        future.failure().getMessage());
            }
        }
    }

    /** Durable moves that imitate libpmem and count the calls. */
    private static final class CountingMoves implements DurableMoves {
        private final List<Long> parts = new ArrayList<>();

        @Override
        public void writeBack(MemorySegment range) {
            parts.add(-range.byteSize());
        }

        @Override
        public void copy(MemorySegment destination, MemorySegment source) {
            MemorySegment.copy(source, 0, destination, 0, source.byteSize());
            parts.add(source.byteSize());
        }

        @Override
        public void fill(MemorySegment range, byte value) {
            range.fill(value);
            parts.add(range.byteSize());
        }
    }

    @Nested
    class WithAnEngineForDurableMoves {
        private final CountingMoves engine = new CountingMoves();

        private DmlDataMover mover(DmlPath path) {
            return open(builder(path).workersFrom(Long.MAX_VALUE)
                    .durability(new Durability(engine, range -> {})));
        }

        @Test
        void libpmemExecutesDurableMoves() {
            DmlDataMover mover = mover(DmlPath.AUTO);
            MemorySegment source = noise(100);
            MemorySegment destination = zeros(100);
            assertSame(ExecutionPath.LIBPMEM,
                    pathOf(mover.memcpy(destination, source, VdmFlags.MEM_DURABLE)));
            assertArrayEquals(bytes(source), bytes(destination));
            assertSame(ExecutionPath.LIBPMEM,
                    pathOf(mover.memset(destination, (byte) 9, VdmFlags.MEM_DURABLE)));
            byte[] nines = new byte[100];
            Arrays.fill(nines, (byte) 9);
            assertArrayEquals(nines, bytes(destination));
            assertEquals(List.of(100L, 100L), engine.parts);
            assertEquals(0, movesSubmitted());
            assertSame(ExecutionPath.LIBPMEM, pathOf(mover.flush(destination)));
            assertEquals(List.of(100L, 100L, -100L), engine.parts);
        }

        @Test
        void libpmemDoesNotExecuteLongMoves() {
            DmlDataMover mover = open(
                    builder(DmlPath.AUTO).workersFrom(100)
                            .durability(new Durability(engine, range -> {})));
            assertSame(ExecutionPath.LIBPMEM,
                    pathOf(mover.memcpy(zeros(99), zeros(99), VdmFlags.MEM_DURABLE)));
            assertSame(ExecutionPath.DML_SOFTWARE,
                    pathOf(mover.memcpy(zeros(100), zeros(100), VdmFlags.MEM_DURABLE)));
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void requestedPathUsesDml(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = mover(path);
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), zeros(64), VdmFlags.MEM_DURABLE);
            assertSame(
                    path == DmlPath.HARDWARE ? ExecutionPath.DSA_HARDWARE
                            : ExecutionPath.DML_SOFTWARE,
                    pathOf(copy));
        }

        @ParameterizedTest
        @CsvSource({"0, 70", "70, 0", "0, 9000000", "9000000, 0"})
        void mappedMemoryIsMovedInOrderedParts(int to, int from, @TempDir Path folder)
                throws Exception {
            int length = 9 << 20;
            try (var channel = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
                    Arena mapping = Arena.ofShared()) {
                MemorySegment file =
                        channel.map(FileChannel.MapMode.READ_WRITE, 0, 2L * length, mapping);
                fillWithNoise(file);
                byte[] expected = bytes(file.asSlice(from, length));
                try (OffHeapBuffer known = OffHeapBuffer.wrap(file, DurabilityDomain.CACHE_LINE)) {
                    VdmFuture<VdmOutput> move = mover(DmlPath.AUTO)
                            .memmove(file.asSlice(to, length), file.asSlice(from, length),
                                    VdmFlags.MEM_DURABLE);
                    assertSame(ExecutionPath.LIBPMEM, pathOf(move));
                    assertEquals(0, known.operationsInFlight());
                }
                assertArrayEquals(expected, bytes(file.asSlice(to, length)));
                assertEquals(List.of(4L << 20, 4L << 20, 1L << 20), engine.parts);
            }
        }

        @Test
        void libpmemDoesNotWriteToThePageCache(@TempDir Path folder) throws Exception {
            try (var channel = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
                    Arena mapping = Arena.ofShared()) {
                MemorySegment file =
                        dml.allow(channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096, mapping));
                VdmFuture<VdmOutput> fill =
                        mover(DmlPath.AUTO).memset(file, (byte) 1, VdmFlags.MEM_DURABLE);
                assertSame(ExecutionPath.DML_SOFTWARE, pathOf(fill));
                assertEquals(List.of(), engine.parts);
            }
        }

        @Test
        void missingPageEndsTheOperation(@TempDir Path folder) throws Exception {
            try (Arena mapping = Arena.ofShared()) {
                MemorySegment source = cutOff(folder, mapping, 9 << 20, 5 << 20);
                VdmFuture<VdmOutput> copy =
                        mover(DmlPath.AUTO).memcpy(zeros(9 << 20), source, VdmFlags.MEM_DURABLE);
                assertSame(VdmResult.IO_ERROR, finish(copy).result());
                assertSame(ExecutionPath.LIBPMEM, copy.path());
                assertEquals(List.of(4L << 20), engine.parts);
            }
        }

        @Test
        void closedMemoryIsNotTouched() {
            DmlDataMover mover = mover(DmlPath.AUTO);
            OffHeapBuffer buffer = OffHeapBuffer.allocate(64);
            VdmFuture<VdmOutput> of =
                    mover.memcpy(zeros(64), buffer.segment(), VdmFlags.MEM_DURABLE);
            VdmFuture<VdmOutput> late = mover.memset(zeros(8), (byte) 1, VdmFlags.MEM_DURABLE);
            buffer.close();
            assertSame(VdmResult.SEGMENT_UNUSABLE, finish(of).result());
            mover.close();
            assertSame(VdmResult.CLOSED, finish(late).result());
            assertEquals(List.of(), engine.parts);
        }
    }
}
