package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationMethods;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.jvm.Crc32cKernel;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The operations that the JVM executes on AUTO if DML does not use AVX-512")
class AutoWithoutAvx512Test extends AgainstSimulatedDml {
    private static final long PATTERN = 0x1122334455667788L;

    /** More than every limit for DML's AVX-512 code, and not a multiple of a part. */
    private static final int BYTES = (2 << 20) + 8;

    /** The thread that executes an operation of {@link #BYTES}. */
    private enum Place {
        CALLER(Long.MAX_VALUE, Long.MAX_VALUE),
        WORKER(BYTES, Long.MAX_VALUE),
        WORKERS_IN_PARTS(BYTES, BYTES);

        private final long workersFrom;
        private final long parallelFrom;

        Place(long workersFrom, long parallelFrom) {
            this.workersFrom = workersFrom;
            this.parallelFrom = parallelFrom;
        }
    }

    private DmlDataMoverBuilder auto() {
        return builder(DmlPath.AUTO).avx512(false).jvmUpTo(Long.MAX_VALUE);
    }

    private DmlDataMoverBuilder auto(Place place) {
        return auto().workersFrom(place.workersFrom).parallelFrom(place.parallelFrom).workers(2);
    }

    /** An operation of a mover, which returns a future, or of a batch. */
    private interface Start extends Function<OperationMethods<?, ?, ?, ?, ?>, Object> {}

    /** Operations that DML's AVX-512 code executes faster than the JVM, and copies and CRCs. */
    private final class Operands {
        private final MemorySegment source = noise(BYTES);
        private final MemorySegment other = zeros(BYTES).copyFrom(source);
        private final MemorySegment copy;
        private final MemorySegment filled = zeros(BYTES);
        private final MemorySegment patterned = zeros(BYTES);
        private final MemorySegment record = zeros(80);

        Operands(Arena ofCopy) {
            copy = dml.allow(ofCopy.allocate(BYTES, 64));
            other.set(ValueLayout.JAVA_BYTE, BYTES - 1, (byte) ~source.get(ValueLayout.JAVA_BYTE,
                    BYTES - 1));
        }

        List<Start> starts() {
            MemorySegment beginning = source.asSlice(0, 512 << 10);
            return List.of(in -> in.memcpy(copy, source), in -> in.memset(filled, (byte) 7),
                    in -> in.fill(patterned, PATTERN), in -> in.compare(copy, other),
                    in -> in.comparePattern(patterned, PATTERN), in -> in.crc32c(copy),
                    in -> in.createDelta(record, beginning, copy.asSlice(0, 512 << 10)));
        }

        void check(List<?> outputs) {
            assertEquals(-1, copy.mismatch(source));
            byte[] sevens = new byte[BYTES];
            Arrays.fill(sevens, (byte) 7);
            assertArrayEquals(sevens, bytes(filled));
            for (int i = 0; i < BYTES; i += Long.BYTES) {
                assertEquals(PATTERN, patterned.get(ValueLayout.JAVA_LONG, i));
            }
            assertEquals(List.of(CompareResult.mismatchAt(BYTES - 1), CompareResult.EQUAL,
                    new Crc32c(new Crc32cKernel().crc(source, CrcOptions.STANDARD)),
                    new DeltaResult(DeltaResult.Outcome.EQUAL, 0)), outputs.subList(3, 7));
        }
    }

    /** Returns the submissions without the trial of the hardware. */
    private List<Submission> submissions() {
        return dml.submissions().stream().filter(s -> s.path() == DmlPath.SOFTWARE).toList();
    }

    private void assertJvmExecutesSingleOperations(DmlDataMover mover, Operands operands) {
        List<Object> outputs = new ArrayList<>();
        for (Start start : operands.starts()) {
            VdmFuture<?> future = finish((VdmFuture<?>) start.apply(mover));
            assertSame(ExecutionPath.JVM, future.path(), future::toString);
            outputs.add(future.output());
        }
        operands.check(outputs);
        assertEquals(List.of(), submissions());
        assertEquals(0, mover.slotsInUse());
    }

    @ParameterizedTest
    @EnumSource
    void jvmExecutesSingleOperations(Place place) {
        assertJvmExecutesSingleOperations(open(auto(place)), new Operands(arena));
    }

    @ParameterizedTest
    @EnumSource
    void jvmExecutesOperationsOnConfinedMemory(Place place) {
        try (Arena confined = Arena.ofConfined()) {
            assertJvmExecutesSingleOperations(open(auto(place)), new Operands(confined));
        }
    }

    @ParameterizedTest
    @EnumSource
    void jvmExecutesTheTasksOfABatch(Place place) {
        DmlDataMover mover = open(auto(place));
        var operands = new Operands(arena);
        Batch batch = mover.batch();
        operands.starts().forEach(start -> {
            start.apply(batch);
            batch.fence();
        });
        VdmFuture<BatchResult> future = finish(batch.submit());
        future.output().tasks().forEach(task -> assertSame(ExecutionPath.JVM, task.path()));
        operands.check(future.output().tasks().stream().map(TaskResult::output).toList());
        assertEquals(List.of(), submissions());
        assertEquals(0, mover.slotsInUse());
    }

    @ParameterizedTest
    @CsvSource({"16384, JVM", "16392, DML_SOFTWARE"})
    void dmlExecutesLongDualcasts(long bytes, ExecutionPath path) {
        MemorySegment destinations = dml.allow(arena.allocate(64 << 10, 4096));
        assertSame(path, pathOf(open(auto()).dualcast(destinations.asSlice(0, bytes),
                destinations.asSlice(32 << 10, bytes), noise(bytes))));
    }

    private static ExecutionPath pathOf(VdmFuture<?> future) {
        finish(future).orThrow();
        return future.path();
    }

    @ParameterizedTest
    @EnumSource
    void limitOfTheUserAppliesToAllOperations(Place place) {
        DmlDataMover mover = open(auto(place).jvmUpTo(BYTES - 1));
        for (Start start : new Operands(arena).starts().subList(0, 6)) {
            assertSame(ExecutionPath.DML_SOFTWARE, pathOf((VdmFuture<?>) start.apply(mover)));
        }
    }

    @Nested
    class Durable {
        private void assertOnlyLinesWereSubmitted() {
            assertTrue(submissions().size() > 0);
            submissions()
                    .forEach(submission -> assertEquals(dml_h.DML_OP_CACHE_FLUSH,
                            submission.operation()));
        }

        @ParameterizedTest
        @CsvSource({"64, 4194304", "32768, 4194304", "200000, 4194304", "200000, 1",
            "200000, 9223372036854775807"})
        void jvmFillsAndDmlWritesBack(int bytes, long workersFrom) {
            DmlDataMover mover = open(auto().workersFrom(workersFrom));
            MemorySegment range = zeros(bytes);
            assertSame(ExecutionPath.JVM,
                    pathOf(mover.memset(range, (byte) 7, VdmFlags.MEM_DURABLE)));
            byte[] sevens = new byte[bytes];
            Arrays.fill(sevens, (byte) 7);
            assertArrayEquals(sevens, bytes(range));
            assertSame(ExecutionPath.JVM,
                    pathOf(mover.fill(range, PATTERN, VdmFlags.MEM_DURABLE)));
            assertEquals(PATTERN, range.get(ValueLayout.JAVA_LONG, bytes - Long.BYTES));
            assertOnlyLinesWereSubmitted();
        }

        @Test
        void dmlCopies() {
            assertSame(ExecutionPath.DML_SOFTWARE,
                    pathOf(open(auto()).memcpy(zeros(64), noise(64), VdmFlags.MEM_DURABLE)));
        }

        @ParameterizedTest
        @ValueSource(longs = {1, Long.MAX_VALUE})
        void jvmExecutesTasksOfABatchInOrder(long workersFrom) {
            DmlDataMover mover = open(auto().workersFrom(workersFrom));
            MemorySegment range = zeros(8192);
            MemorySegment copy = zeros(8192);
            BatchResult result = finish(mover.batch()
                    .memset(range, (byte) 7)
                    .fence()
                    .memcpy(copy, range, VdmFlags.MEM_DURABLE)
                    .fence()
                    .comparePattern(copy, 0x0707_0707_0707_0707L)
                    .fill(range, PATTERN, VdmFlags.MEM_DURABLE)
                    .crc32c(copy)
                    .submit()).output();
            result.orThrow();
            assertEquals(List.of(ExecutionPath.JVM, ExecutionPath.DML_SOFTWARE, ExecutionPath.JVM,
                    ExecutionPath.JVM, ExecutionPath.JVM),
                    result.tasks().stream().map(TaskResult::path).toList());
            assertEquals(CompareResult.EQUAL, result.get(2).output(CompareResult.class));
            assertEquals(new Crc32c(new Crc32cKernel().crc(copy, CrcOptions.STANDARD)),
                    result.get(4).output(Crc32c.class));
            assertEquals(PATTERN, range.get(ValueLayout.JAVA_LONG, 8184));
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingPageEndsTheOperation(Place place, @TempDir Path folder) throws Exception {
        try (Arena mapping = Arena.ofShared()) {
            MemorySegment cut = cutOff(folder, mapping, BYTES, 1 << 20);
            DmlDataMover mover = open(auto(place));
            for (Start start : List.<Start>of(in -> in.memset(cut, (byte) 1),
                    in -> in.compare(cut, cut),
                    in -> in.comparePattern(cut, 0x0101_0101_0101_0101L),
                    in -> in.memcpy(zeros(BYTES), cut))) {
                VdmFuture<?> future = finish((VdmFuture<?>) start.apply(mover));
                assertSame(VdmResult.IO_ERROR, future.result(), future::toString);
            }
        }
    }

    @Test
    void processorDecides() {
        boolean avx512 = DmlLibrary.usesAvx512(Processor.flags());
        DmlDataMoverBuilder here = DmlDataMover.builder().library(dml.library());
        DmlDataMover mover = open(here);
        assertEquals(open(here.avx512(avx512)).policy(), mover.policy());
        assertNotEquals(open(here.avx512(!avx512)).policy(), mover.policy());
    }
}
