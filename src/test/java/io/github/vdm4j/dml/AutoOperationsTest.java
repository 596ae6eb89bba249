package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The data operations and batches that the JVM executes on AUTO without hardware")
class AutoOperationsTest extends AgainstSimulatedDml {
    private static final DifConfig BLOCKS = DifConfig.of(DifBlockSize.BYTES_512);

    /** Opens a mover with the default limits. */
    private DmlDataMover auto() {
        return open(defaults(DmlPath.AUTO));
    }

    private DmlDataMoverBuilder defaults(DmlPath path) {
        return builder(path).jvmUpTo(Long.MAX_VALUE);
    }

    private static ExecutionPath pathOf(VdmFuture<?> future) {
        finish(future).orThrow();
        return future.path();
    }

    private int submitted() {
        return (int) dml.submissions().stream().filter(s -> s.path() == DmlPath.SOFTWARE).count();
    }

    @Test
    void jvmExecutesSomeOperationsOfAnyLength() {
        DmlDataMover mover = auto();
        MemorySegment source = noise(1 << 20);
        MemorySegment copy = zeros(1 << 20);
        assertSame(ExecutionPath.JVM, pathOf(mover.crc32c(source, CrcOptions.STANDARD)));
        assertSame(ExecutionPath.JVM,
                pathOf(mover.copyCrc32c(copy, source, CrcOptions.STANDARD, VdmFlags.NONE)));
        assertEquals(-1, copy.mismatch(source));
        MemorySegment guarded = zeros(520 << 11);
        assertSame(ExecutionPath.JVM,
                pathOf(mover.difInsert(guarded, source, BLOCKS, VdmFlags.NONE)));
        assertSame(ExecutionPath.JVM, pathOf(mover.difCheck(guarded, BLOCKS)));
        assertSame(ExecutionPath.JVM,
                pathOf(mover.difStrip(copy.fill((byte) 0), guarded, BLOCKS, VdmFlags.NONE)));
        assertEquals(-1, copy.mismatch(source));
        assertSame(ExecutionPath.JVM,
                pathOf(mover.difUpdate(zeros(520 << 11), guarded, BLOCKS, VdmFlags.NONE)));
        assertSame(ExecutionPath.JVM,
                pathOf(mover.applyDelta(copy.asSlice(0, 512 << 10), zeros(10), VdmFlags.NONE)));
        assertEquals(0, submitted());
        assertEquals(7, mover.counters().completed());
    }

    @ParameterizedTest
    @CsvSource({"512, 512", "4096, 16384", "4104, 16392", "1032, 1024"})
    void jvmExecutesOtherOperationsUpToALimit(long compared, long cast) {
        DmlDataMover mover = auto();
        ExecutionPath comparing = compared <= 4096 ? ExecutionPath.JVM : ExecutionPath.DML_SOFTWARE;
        MemorySegment range = zeros(compared);
        assertSame(comparing, pathOf(mover.compare(range, zeros(compared))));
        assertSame(comparing, pathOf(mover.comparePattern(range, 0)));
        MemorySegment record = zeros(80);
        ExecutionPath recording = compared <= 1024 ? ExecutionPath.JVM : ExecutionPath.DML_SOFTWARE;
        assertSame(recording, pathOf(mover.createDelta(record, range, zeros(compared))));
        MemorySegment destinations = dml.allow(arena.allocate(64 << 10, 4096));
        assertSame(
                cast <= 16384 ? ExecutionPath.JVM : ExecutionPath.DML_SOFTWARE,
                pathOf(mover.dualcast(
                        destinations.asSlice(0, cast), destinations.asSlice(32 << 10, cast),
                        noise(cast),
                        VdmFlags.NONE)));
    }

    @Test
    void jvmExecutesFillsUpToTheLimit() {
        DmlDataMover mover = open(defaults(DmlPath.AUTO).jvmUpTo(100));
        MemorySegment range = zeros(100);
        assertSame(ExecutionPath.JVM,
                pathOf(mover.fill(range, 0x0102030405060708L, VdmFlags.NONE)));
        assertArrayEquals(
                new byte[]{8, 7, 6, 5, 4, 3, 2, 1, 8, 7, 6, 5},
                Arrays.copyOf(bytes(range), 12));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(mover.fill(zeros(101), 1, VdmFlags.NONE)));
    }

    @Test
    void callerExecutesNothingAboveItsLimit() {
        DmlDataMover mover = open(defaults(DmlPath.AUTO).jvmUpTo(64));
        assertSame(ExecutionPath.JVM, pathOf(mover.crc32c(noise(64), CrcOptions.STANDARD)));
        assertSame(ExecutionPath.DML_SOFTWARE,
                pathOf(mover.crc32c(noise(65), CrcOptions.STANDARD)));
        assertEquals(
                "jvmUpTo -1: must be 0 or more",
                assertThrows(IllegalArgumentException.class,
                        () -> defaults(DmlPath.AUTO).jvmUpTo(-1))
                        .getMessage());
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void requestedPathExecutesWithDml(DmlPath path) {
        dml.withHardware();
        DmlDataMover mover = open(defaults(path));
        ExecutionPath own =
                path == DmlPath.HARDWARE ? ExecutionPath.DSA_HARDWARE : ExecutionPath.DML_SOFTWARE;
        assertSame(own, pathOf(mover.crc32c(noise(64), CrcOptions.STANDARD)));
        assertSame(own, pathOf(mover.compare(zeros(64), zeros(64))));
        VdmFuture<BatchResult> batch = finish(mover.batch().memcpy(zeros(64), zeros(64)).submit());
        assertSame(own, batch.output().get(0).path());
    }

    @Test
    void hardwareExecutesTheOperations() {
        dml.withHardware();
        assertSame(ExecutionPath.DSA_HARDWARE,
                pathOf(auto().crc32c(noise(64), CrcOptions.STANDARD)));
    }

    @Test
    void dmlExecutesNopAndDrain() {
        DmlDataMover mover = auto();
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(mover.nop()));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(mover.drain()));
    }

    @Test
    void durableCopyWithCrcIsWrittenBack() {
        DmlDataMover mover = auto();
        MemorySegment source = noise(200);
        MemorySegment copy = zeros(200);
        assertSame(
                ExecutionPath.JVM,
                pathOf(mover.copyCrc32c(copy, source, CrcOptions.STANDARD, VdmFlags.MEM_DURABLE)));
        assertEquals(-1, copy.mismatch(source));
        assertEquals(1, submitted());
        assertEquals(dml_h.DML_OP_CACHE_FLUSH, dml.lastSubmission().operation());
    }

    @Test
    void longOperationRunsInTheJvmOnAWorker() {
        DmlDataMover mover = open(defaults(DmlPath.AUTO).workersFrom(1000));
        VdmFuture<?> crc = mover.crc32c(noise(1000), CrcOptions.STANDARD);
        assertTrue(crc.hasProperty(FutureProperty.ASYNC));
        assertSame(ExecutionPath.JVM, pathOf(crc));
        VdmFuture<?> longComparison = mover.compare(zeros(1000), zeros(1000));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOf(longComparison));
        assertEquals(1, submitted());
    }

    @Test
    void reusedOperationAlternatesBetweenPaths() {
        DmlDataMover mover = auto();
        VdmOperation operation = mover.newOperation();
        MemorySegment range = noise(8192);
        MemorySegment same = zeros(8192).copyFrom(range);
        same.set(ValueLayout.JAVA_BYTE, 5000, (byte) ~range.get(
                ValueLayout.JAVA_BYTE, 5000));
        for (int i = 0; i < 3; i++) {
            for (long length : new long[]{100, 8192}) {
                operation.compare(range.asSlice(0, length), same.asSlice(0, length)).start();
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
                assertEquals(length == 100 ? -1 : 5000, operation.value());
                assertSame(length == 100 ? ExecutionPath.JVM : ExecutionPath.DML_SOFTWARE,
                        operation.path());
            }
        }
    }

    @Nested
    class Lifetimes {
        @Test
        void closedArenaEndsTheOperation() {
            DmlDataMover mover = auto();
            Arena brief = Arena.ofShared();
            VdmFuture<?> crc = mover.crc32c(brief.allocate(64), CrcOptions.STANDARD);
            brief.close();
            assertSame(VdmResult.SEGMENT_UNUSABLE, finish(crc).result());
            assertEquals(1, mover.counters().failed());
        }

        @Test
        void closedBufferEndsTheOperation() {
            DmlDataMover mover = auto();
            OffHeapBuffer buffer = OffHeapBuffer.allocate(64);
            VdmFuture<?> crc = mover.crc32c(buffer.segment(), CrcOptions.STANDARD);
            VdmFuture<BatchResult> batch = mover.batch()
                    .memcpy(zeros(64), buffer.segment())
                    .memset(zeros(8), (byte) 1,
                            VdmFlags.NONE)
                    .submit();
            buffer.close();
            assertSame(VdmResult.SEGMENT_UNUSABLE, finish(crc).result());
            assertSame(VdmResult.SEGMENT_UNUSABLE, finish(batch).result());
        }

        @Test
        void wrongThreadThrowsAndTouchesNothing() throws Exception {
            DmlDataMover mover = auto();
            try (Arena mine = Arena.ofConfined()) {
                MemorySegment confined = dml.allow(mine.allocate(64));
                MemorySegment range = zeros(64);
                VdmFuture<?> fill = mover.fill(confined, 7, VdmFlags.NONE);
                VdmFuture<BatchResult> batch = mover.batch()
                        .memset(range, (byte) 7, VdmFlags.NONE)
                        .memset(confined, (byte) 7,
                                VdmFlags.NONE)
                        .submit();
                CompletableFuture.runAsync(() -> {
                    assertThrows(WrongThreadException.class, fill::poll);
                    assertThrows(WrongThreadException.class, batch::poll);
                }).join(); // This call throws the exception of the thread.
                assertSame(FutureState.IDLE, fill.state());
                assertSame(FutureState.IDLE, batch.state());
                assertArrayEquals(new byte[64], bytes(confined));
                assertArrayEquals(new byte[64], bytes(range));
                assertSame(ExecutionPath.JVM, pathOf(fill));
                finish(batch).orThrow();
                assertEquals(7, bytes(range)[63]);
            }
        }

        @ParameterizedTest
        @CsvSource({"AUTO, 1", "AUTO, 4194304", "SOFTWARE, 1", "SOFTWARE, 4194304"})
        void missingPageEndsTheCheckOfBlocks(DmlPath path, long workersFrom,
                @TempDir Path folder)
                throws Exception {
            try (Arena mapping = Arena.ofShared()) {
                MemorySegment source = cutOff(folder, mapping, 520 << 7, 4096);
                DmlDataMover mover = open(defaults(path).workersFrom(workersFrom));
                // A check of blocks of zeros. They are correct unless pages are missing.
                DifConfig zeros = BLOCKS.withFlags(DifFlag.SOURCE_FIXED_REFERENCE_TAG);
                VdmFuture<?> check = finish(mover.difCheck(source, zeros));
                assertSame(VdmResult.IO_ERROR, check.result(), check::toString);
                assertTrue(
                        check.failure()
                                .getMessage()
                                .contains("the file was truncated: " + folder.resolve("cut")
                                        + " has 4,096 bytes"),
                        check.failure()
                                .getMessage());
                VdmFuture<?> there = finish(mover.difCheck(source.asSlice(0, 520 * 7), zeros));
                assertSame(VdmResult.SUCCESS, there.result());
                assertEquals(0, mover.slotsInUse());
            }
        }

        @Test
        void missingPageEndsTheOperation(@TempDir Path folder) throws Exception {
            try (Arena mapping = Arena.ofShared()) {
                MemorySegment source = cutOff(folder, mapping, 64 << 10, 4096);
                DmlDataMover mover = auto();
                VdmFuture<?> crc = finish(mover.crc32c(source, CrcOptions.STANDARD));
                assertSame(VdmResult.IO_ERROR, crc.result());
                assertSame(ExecutionPath.JVM, crc.path());
                VdmFuture<BatchResult> batch = finish(mover.batch()
                        .memcpy(zeros(4096), source.asSlice(0, 4096))
                        .memcpy(zeros(4096), source.asSlice(8192, 4096))
                        .submit());
                assertSame(VdmResult.SUCCESS, batch.output().get(0).result());
                assertSame(VdmResult.IO_ERROR, batch.output().get(1).result());
            }
        }

        @Test
        void closedMoverStartsNothing() {
            DmlDataMover mover = auto();
            VdmFuture<?> crc = mover.crc32c(noise(64), CrcOptions.STANDARD);
            VdmFuture<BatchResult> batch = mover.batch().memcpy(zeros(64), zeros(64)).submit();
            mover.close();
            assertSame(VdmResult.CLOSED, finish(crc).result());
            assertSame(VdmResult.CLOSED, finish(batch).result());
        }
    }

    @Nested
    class Batches {
        @Test
        void jvmExecutesABatchIfItExecutesEachTask() {
            DmlDataMover mover = auto();
            MemorySegment source = noise(100);
            MemorySegment copy = zeros(100);
            BatchResult result = finish(mover.batch()
                    .memcpy(copy, source)
                    .fence()
                    .memmove(copy.asSlice(10, 50), copy.asSlice(0, 50), VdmFlags.NONE)
                    .memset(copy.asSlice(90, 10), (byte) 3, VdmFlags.NONE)
                    .nop()
                    .crc32c(source)
                    .memcpy(zeros(0), zeros(0))
                    .compare(copy, source)
                    .submit()).output();
            result.orThrow();
            assertEquals(0, submitted());
            byte[] expected = bytes(source);
            System.arraycopy(bytes(source), 0, expected, 10, 50);
            Arrays.fill(expected, 90, 100, (byte) 3);
            assertArrayEquals(expected, bytes(copy));
            assertEquals(
                    List.of(
                            ExecutionPath.JVM, ExecutionPath.JVM, ExecutionPath.JVM,
                            ExecutionPath.JVM,
                            ExecutionPath.JVM, ExecutionPath.NONE, ExecutionPath.JVM),
                    result.tasks().stream().map(task -> task.path()).toList());
        }

        @Test
        void eachTaskIsExecutedLikeASingleOperation() {
            DmlDataMover mover = auto();
            MemorySegment first = noise(8192);
            MemorySegment second = dml.allow(zeros(8192)).copyFrom(first);
            second.set(ValueLayout.JAVA_BYTE, 8000, (byte) ~first.get(ValueLayout.JAVA_BYTE, 8000));
            MemorySegment copy = zeros(8192);
            BatchResult result = finish(mover.batch()
                    .memcpy(copy, second)
                    .compare(first, copy)
                    .fence()
                    .crc32c(copy)
                    .submit()).output();
            result.orThrow();
            assertEquals(
                    List.of(ExecutionPath.JVM, ExecutionPath.DML_SOFTWARE, ExecutionPath.JVM),
                    result.tasks().stream().map(task -> task.path()).toList());
            assertEquals(CompareResult.mismatchAt(8000),
                    result.get(1).output(CompareResult.class));
            assertEquals(1, submitted());
        }

        @Test
        void sumOfTasksDecidesAboutTheWorkerOnly() {
            DmlDataMover mover = open(defaults(DmlPath.AUTO).workersFrom(20_000));
            Batch batch = mover.batch();
            for (int i = 0; i < 21; i++) {
                batch.memcpy(zeros(1000), noise(1000)).crc32c(noise(1000));
            }
            VdmFuture<BatchResult> future = batch.submit();
            assertTrue(future.hasProperty(FutureProperty.ASYNC));
            BatchResult result = finish(future).output();
            result.orThrow();
            result.tasks().forEach(task -> assertSame(ExecutionPath.JVM, task.path()));
            assertEquals(0, submitted());
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void dmlExecutesABatchWithADurableTask(boolean flush) {
            DmlDataMover mover = auto();
            Batch batch = mover.batch().memcpy(zeros(64), noise(64));
            if (flush) {
                batch.flush(zeros(64));
            } else {
                batch.memcpy(zeros(64), noise(64), VdmFlags.MEM_DURABLE);
            }
            BatchResult result = finish(batch.submit()).output();
            result.orThrow();
            assertSame(ExecutionPath.DML_SOFTWARE, result.get(0).path());
            assertTrue(submitted() > 0);
        }

        @Test
        void durableBatchOnAMappedFileNamesTheJvm(@TempDir Path folder) throws IOException {
            DmlDataMover mover = auto();
            try (OffHeapBuffer file = OffHeapBuffer.map(folder.resolve("file"), 0, 4096)) {
                VdmFuture<BatchResult> batch = finish(mover.batch()
                        .memcpy(file.slice(0, 64), noise(64), VdmFlags.MEM_DURABLE)
                        .flush(file.slice(64, 64))
                        .submit());
                batch.output().orThrow();
                assertSame(ExecutionPath.JVM, batch.output().get(0).path());
                assertSame(ExecutionPath.JVM, batch.path());
                assertEquals(0, submitted());
            }
        }

        @Test
        void batchesNeedALimitForOperations() {
            DmlDataMover mover = open(defaults(DmlPath.AUTO).jvmUpTo(0));
            VdmFuture<BatchResult> batch =
                    finish(mover.batch().memcpy(zeros(64), noise(64)).submit());
            assertSame(ExecutionPath.DML_SOFTWARE, batch.output().get(0).path());
        }

        @Test
        void batchesAreSubmittedAgain() {
            DmlDataMover mover = auto();
            MemorySegment source = noise(64);
            MemorySegment copy = zeros(64);
            Batch batch = mover.batch().memcpy(copy, source);
            for (int i = 0; i < 3; i++) {
                copy.fill((byte) 0);
                finish(batch.submit()).orThrow();
                assertEquals(-1, copy.mismatch(source));
            }
            batch.clear().memset(copy, (byte) 1, VdmFlags.NONE).compare(zeros(5000), zeros(5000));
            assertSame(ExecutionPath.DML_SOFTWARE, finish(batch.submit()).output().get(1).path());
            assertEquals(1, bytes(copy)[63]);
            batch.clear().memset(copy, (byte) 2, VdmFlags.NONE);
            assertSame(ExecutionPath.JVM, finish(batch.submit()).output().get(0).path());
            assertEquals(2, bytes(copy)[63]);
        }

        @Test
        void failedTaskStopsTasksBehindAFence() {
            DmlDataMover mover = auto();
            MemorySegment destination = zeros(16);
            MemorySegment record = zeros(10); // The offset is outside the destination.
            record.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 9);
            MemorySegment behind = zeros(8);
            BatchResult result = finish(mover.batch()
                    .applyDelta(destination, record, VdmFlags.NONE)
                    .memset(zeros(8), (byte) 1, VdmFlags.NONE)
                    .fence()
                    .memset(behind, (byte) 1, VdmFlags.NONE)
                    .submit()).output();
            assertEquals(
                    List.of(VdmResult.INVALID_DATA, VdmResult.SUCCESS, VdmResult.NOT_RUN),
                    result.tasks().stream().map(task -> task.result()).toList());
            assertArrayEquals(new byte[8], bytes(behind));
        }
    }
}
