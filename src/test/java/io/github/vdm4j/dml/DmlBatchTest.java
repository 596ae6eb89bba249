package io.github.vdm4j.dml;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedBatch;
import io.github.vdm4j.dml.simulated.SimulatedTask;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifError;
import io.github.vdm4j.operation.DifResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The submissions and the result of each task of batches on both paths. */
class DmlBatchTest extends AgainstSimulatedDml {
    private static final long PATTERN = 0x1122334455667788L;

    static BatchResult done(VdmFuture<BatchResult> future) {
        for (int i = 0; i < 1_000_000; i++) {
            if (future.poll() == FutureState.COMPLETE) {
                return future.output();
            }
        }
        throw new AssertionError("still not complete: " + future);
    }

    private DmlDataMover on(DmlPath path) {
        return path == DmlPath.HARDWARE ? hardware() : software();
    }

    private List<Submission> batches() {
        return dml.submissions().stream().filter(Submission::isBatch).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void tasksShareOneSubmission(DmlPath path) {
        var mover = on(path);
        var source = noise(5 * 100);
        var destination = zeros(5 * 100);
        var batch = mover.batch();
        for (int i = 0; i < 5; i++) {
            batch.memcpy(destination.asSlice(i * 100, 100), source.asSlice(i * 100, 100));
        }
        VdmFuture<BatchResult> future = batch.submit();
        assertEquals(FutureState.IDLE, future.state());
        BatchResult result = done(future);
        assertTrue(result.isSuccess());
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(1, dml.submissions().size());
        assertEquals(5, dml.lastSubmission().tasks().size());
        ExecutionPath expected =
                path == DmlPath.HARDWARE ? ExecutionPath.DSA_HARDWARE : ExecutionPath.DML_SOFTWARE;
        assertEquals(expected, future.path());
        assertEquals(expected, result.get(4).path());
        assertEquals(0, mover.slotsInUse());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 16, 17, 127, 128, 129, 1000, 5000})
    void anyNumberOfTasksIsExecuted(int count) {
        var mover = software();
        var source = noise(count * 8L);
        var destination = zeros(count * 8L);
        var batch = mover.batch();
        for (int i = 0; i < count; i++) {
            batch.memcpy(destination.asSlice(i * 8L, 8), source.asSlice(i * 8L, 8));
        }
        assertTrue(done(batch.submit()).isSuccess());
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals((count + 127) / 128, batches().size());
        assertTrue(batches().stream()
                .allMatch(each -> each.tasks().size() >= 4 && each.tasks().size() <= 128));
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void everyKindReturnsItsResult(DmlPath path) {
        var mover = on(path);
        var digits = zeros(9).copyFrom(MemorySegment.ofArray("123456789".getBytes(US_ASCII)));
        var a = noise(4096);
        var b = zeros(4096).copyFrom(a);
        b.set(ValueLayout.JAVA_BYTE, 1001, (byte) (b.get(ValueLayout.JAVA_BYTE, 1001) + 1));
        var filled = zeros(100);
        var patterned = zeros(100);
        for (int i = 0; i < 100; i++) {
            patterned.set(ValueLayout.JAVA_BYTE, i, (byte) (PATTERN >>> 8 * (i % 8)));
        }
        var spoilt = zeros(100).copyFrom(patterned);
        spoilt.set(ValueLayout.JAVA_BYTE, 53, (byte) 0);
        var record = zeros(800);
        var same = zeros(80);
        var small = noise(4096);
        var overflown = zeros(80);
        var twins = zeros(8192 + 512);
        var copied = zeros(4096);
        var moved = zeros(50);
        var set = zeros(33);
        BatchResult result = done(mover.batch()
                .nop()
                .fill(filled, PATTERN)
                .compare(a, a)
                .compare(a, b)
                .comparePattern(patterned, PATTERN)
                .comparePattern(spoilt, PATTERN)
                .createDelta(record, a, b)
                .createDelta(same, a, a)
                .createDelta(overflown, a, small)
                .dualcast(twins.asSlice(0, 512), twins.asSlice(4096, 512), a.asSlice(0, 512),
                        VdmFlags.NONE)
                .crc32c(digits)
                .crc32c(digits.asSlice(4),
                        CrcOptions.continuing(new Crc32c(crc(digits.asSlice(0, 4)))))
                .copyCrc32c(copied, a, CrcOptions.STANDARD, VdmFlags.NONE)
                .memmove(moved, a.asSlice(7, 50), VdmFlags.NO_CACHE_HINT)
                .memset(set, (byte) 0x5a, VdmFlags.NONE)
                .submit());
        result.orThrow();
        assertArrayEquals(bytes(patterned), bytes(filled));
        assertEquals(CompareResult.EQUAL, result.get(2).output(CompareResult.class));
        assertEquals(1001, result.get(3).output(CompareResult.class).mismatchOffset());
        assertEquals(CompareResult.EQUAL, result.get(4).output(CompareResult.class));
        assertEquals(53, result.get(5).output(CompareResult.class).mismatchOffset());
        assertEquals(new DeltaResult(DeltaResult.Outcome.RECORDED, 10),
                result.get(6).output(DeltaResult.class));
        assertEquals(new DeltaResult(DeltaResult.Outcome.EQUAL, 0),
                result.get(7).output(DeltaResult.class));
        assertEquals(DeltaResult.Outcome.OVERFLOW,
                result.get(8).output(DeltaResult.class).outcome());
        assertArrayEquals(bytes(a.asSlice(0, 512)), bytes(twins.asSlice(0, 512)));
        assertArrayEquals(bytes(a.asSlice(0, 512)), bytes(twins.asSlice(4096, 512)));
        assertEquals(0xE3069283L, result.get(10).output(Crc32c.class).value());
        assertEquals(0xE3069283L, result.get(11).output(Crc32c.class).value());
        assertEquals(crc(a), result.get(12).output(Crc32c.class).bits());
        assertArrayEquals(bytes(a), bytes(copied));
        assertArrayEquals(bytes(a.asSlice(7, 50)), bytes(moved));
        assertEquals(0x5a, set.get(ValueLayout.JAVA_BYTE, 32));
        assertEquals(VdmResult.SUCCESS, result.get(14).output(VdmOutput.class).result());
    }

    private static int crc(MemorySegment segment) {
        var crc = new CRC32C();
        crc.update(bytes(segment));
        return (int) crc.getValue();
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void protectionIsCheckedBlockByBlock(DmlPath path) {
        var mover = on(path);
        var config = DifConfig.of(DifBlockSize.BYTES_512);
        var data = noise(3 * 512);
        var whole = zeros(3 * 520);
        var stripped = zeros(3 * 512);
        var updated = zeros(3 * 520);
        var spoilt = zeros(3 * 520);
        BatchResult result = done(mover.batch()
                .difInsert(whole, data, config, VdmFlags.NONE)
                .fence()
                .memcpy(spoilt, whole)
                .fence()
                .memset(spoilt.asSlice(530, 1), (byte) 0x11, VdmFlags.NONE)
                .fence()
                .difCheck(whole, config)
                .difCheck(spoilt, config)
                .difStrip(stripped, whole, config, VdmFlags.NONE)
                .difUpdate(updated, whole, config, VdmFlags.NONE)
                .nop()
                .submit());
        result.orThrow();
        assertTrue(result.get(3).output(DifResult.class).isOk());
        assertEquals(new DifResult(Set.of(DifError.GUARD), 520),
                result.get(4).output(DifResult.class));
        assertArrayEquals(bytes(data), bytes(stripped));
        assertArrayEquals(bytes(whole), bytes(updated));
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void inexpressibleTaskRunsInOrder(DmlPath path) {
        // The mover applies the record from a copy in its own memory.
        var mover = on(path);
        var original = fillWithNoise(arena.allocate(64, 8));
        var modified = fillWithNoise(arena.allocate(64, 8));
        var record = arena.allocate(80, 8);
        var target = arena.allocate(64, 8).copyFrom(original);
        var copy = arena.allocate(64, 8);
        var moving = fillWithNoise(arena.allocate(300));
        byte[] shifted = new byte[300];
        System.arraycopy(bytes(moving), 0, shifted, 100, 200);
        System.arraycopy(bytes(moving), 0, shifted, 0, 100);
        done(mover.batch().createDelta(record, original, modified).submit()).orThrow();
        BatchResult result = done(mover.batch()
                .nop()
                .applyDelta(target, record, VdmFlags.NONE)
                .fence()
                .memcpy(copy, target)
                .fence()
                .flush(copy)
                .memmove(moving.asSlice(100, 200), moving.asSlice(0, 200), VdmFlags.NONE)
                .memcpy(arena.allocate(8), arena.allocate(8), VdmFlags.MEM_DURABLE)
                .submit());
        result.orThrow();
        assertArrayEquals(bytes(modified), bytes(copy));
        assertArrayEquals(shifted, bytes(moving));
        assertTrue(dml.submissions().stream().anyMatch(each -> each.is(dml_h.DML_OP_CACHE_FLUSH)));
    }

    @Test
    void badRecordFailsOnlyItsTask() {
        var mover = software();
        var record = arena.allocate(80, 8);
        record.set(ValueLayout.JAVA_SHORT, 0, (short) 1000);
        var destination = arena.allocate(64, 8);
        BatchResult result =
                done(mover.batch()
                        .nop()
                        .applyDelta(destination, record, VdmFlags.NONE)
                        .memset(
                                destination, (byte) 1, VdmFlags.NONE)
                        .submit());
        assertEquals(VdmResult.INVALID_DATA, result.get(1).result());
        assertEquals(VdmResult.SUCCESS, result.get(2).result());
        assertEquals(1, destination.get(ValueLayout.JAVA_BYTE, 63));
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void emptyTasksSucceed(DmlPath path) {
        var mover = on(path);
        var nothing = zeros(8).asSlice(8);
        BatchResult result = done(mover.batch()
                .memcpy(nothing, nothing)
                .crc32c(nothing, CrcOptions.STANDARD.withSeed(0x1234))
                .compare(nothing, nothing)
                .createDelta(zeros(80), nothing, nothing)
                .flush(nothing)
                .submit());
        result.orThrow();
        assertEquals(0x1234, result.get(1).output(Crc32c.class).bits());
        assertTrue(result.get(2).output(CompareResult.class).equal());
        assertTrue(result.get(3).output(DeltaResult.class).equal());
        assertEquals(ExecutionPath.NONE, result.get(0).path());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void failedTaskDoesNotStopTheRest(int place) {
        var mover = software();
        dml.next(Plan.succeed().withTask(place, Plan.fail(dml_h.DML_STATUS_JOB_LENGTH_ERROR)));
        var source = noise(7 * 32);
        var destination = zeros(7 * 32);
        BatchResult result = done(copies(mover, destination, source, 7, 32).submit());
        for (int i = 0; i < 7; i++) {
            boolean well = i != place;
            assertEquals(well ? VdmResult.SUCCESS : VdmResult.INVALID_OPERATION,
                    result.get(i).result(), "task " + i);
            assertArrayEquals(
                    well ? bytes(source.asSlice(i * 32, 32)) : new byte[32],
                    bytes(destination.asSlice(i * 32, 32)));
        }
        VdmException failure = result.get(place).failure();
        assertTrue(failure.getMessage().startsWith("memcpy of 32 bytes on SOFTWARE failed: "),
                failure.getMessage());
        assertEquals(dml_h.DML_STATUS_JOB_LENGTH_ERROR, ((DmlStatus) failure.status()).code());
        assertThrows(VdmException.class, result::orThrow);
    }

    private static Batch copies(
            DmlDataMover mover, MemorySegment destination, MemorySegment source, int count,
            int size) {
        var batch = mover.batch();
        for (int i = 0; i < count; i++) {
            batch.memcpy(destination.asSlice((long) i * size, size),
                    source.asSlice((long) i * size, size));
        }
        return batch;
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void fenceStopsTasksAfterAFailedTask(DmlPath path) {
        var mover = on(path);
        dml.next(Plan.succeed().withTask(1, Plan.fail(dml_h.DML_STATUS_JOB_FLAGS_ERROR)));
        var source = noise(16);
        var destination = zeros(6 * 16);
        BatchResult result = done(mover.batch()
                .memcpy(destination.asSlice(0, 16), source)
                .memcpy(destination.asSlice(16, 16), source)
                .memcpy(destination.asSlice(32, 16), source)
                .fence()
                .memcpy(destination.asSlice(48, 16), source)
                .memcpy(destination.asSlice(64, 16), source)
                .flush(destination)
                .submit());
        assertEquals(
                List.of(
                        VdmResult.SUCCESS,
                        VdmResult.INVALID_OPERATION,
                        VdmResult.SUCCESS,
                        VdmResult.NOT_RUN,
                        VdmResult.NOT_RUN,
                        VdmResult.NOT_RUN),
                result.tasks().stream().map(task -> task.result()).toList());
        assertArrayEquals(new byte[48], bytes(destination.asSlice(48)));
        assertArrayEquals(bytes(source), bytes(destination.asSlice(32, 16)));
        assertEquals(
                "memcpy of 16 bytes was not run, because task 1, the memcpy of 16 bytes before "
                        + "its fence, failed",
                result.get(4).failure().getMessage());
        assertNull(result.get(4).output());
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void mismatchDoesNotStopTasksBehindAFence(DmlPath path) {
        var mover = on(path);
        var source = noise(16);
        var other = zeros(16);
        var destination = zeros(16);
        BatchResult result = done(mover.batch()
                .compare(source, other)
                .comparePattern(other, 1)
                .fence()
                .memcpy(destination, source)
                .fence()
                .memcpy(other, destination)
                .submit());
        result.orThrow();
        assertEquals(0, result.get(1).output(CompareResult.class).mismatchOffset());
        assertArrayEquals(bytes(source), bytes(other));
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void mismatchIsFoundBeforeALaterTaskWrites(DmlPath path) {
        var mover = on(path);
        var range = zeros(64);
        range.set(ValueLayout.JAVA_BYTE, 45, (byte) 1);
        BatchResult result = done(mover.batch()
                .comparePattern(range, 0)
                .fence()
                .memset(range, (byte) 0, VdmFlags.NONE)
                .submit());
        assertEquals(45, result.get(0).output(CompareResult.class).mismatchOffset());
        assertArrayEquals(new byte[64], bytes(range));
    }

    @Test
    void fenceHoldsBetweenPartsOfALongBatch() {
        dml.withHardware().maxBatchTasks(32);
        var mover = open(DmlPath.HARDWARE);
        var source = noise(8);
        var destination = zeros(300 * 8);
        dml.next(Plan.succeed().withTask(5, Plan.fail(dml_h.DML_STATUS_JOB_FLAGS_ERROR)));
        var batch = mover.batch();
        for (int i = 0; i < 300; i++) {
            if (i == 290) {
                batch.fence();
            }
            batch.memcpy(destination.asSlice(i * 8, 8), source);
        }
        BatchResult result = done(batch.submit());
        for (int i = 0; i < 300; i++) {
            assertEquals(
                    i == 5 ? VdmResult.INVALID_OPERATION
                            : i < 290 ? VdmResult.SUCCESS : VdmResult.NOT_RUN,
                    result.get(i).result(),
                    "task " + i);
        }
        assertEquals(10, batches().size());
    }

    @Test
    void recordsOfAnEarlierBatchAreIgnored() {
        var mover = open(builder(DmlPath.SOFTWARE).slots(1));
        var source = noise(6 * 16);
        var destination = zeros(6 * 16);
        done(copies(mover, destination, source, 6, 16).submit()).orThrow();
        destination.fill((byte) 0);
        dml.next(Plan.succeed().withTask(2, Plan.fail(dml_h.DML_STATUS_JOB_FLAGS_ERROR)));
        BatchResult result = done(mover.batch()
                .memcpy(destination.asSlice(0, 16), source.asSlice(0, 16))
                .memcpy(destination.asSlice(16, 16), source.asSlice(16, 16))
                .memcpy(destination.asSlice(32, 16), source.asSlice(32, 16))
                .fence()
                .memcpy(destination.asSlice(48, 16), source.asSlice(48, 16))
                .memcpy(destination.asSlice(64, 16), source.asSlice(64, 16))
                .submit());
        assertEquals(VdmResult.NOT_RUN, result.get(3).result());
        assertArrayEquals(new byte[32], bytes(destination.asSlice(48, 32)));
    }

    @Test
    void taskWithMissingPagesIsRepeated() {
        var mover = hardware();
        dml.next(Plan.succeed().withTask(1, Plan.pageFault(8)).withTask(4, Plan.pageFault(0)));
        var source = noise(6 * 64);
        var destination = zeros(6 * 64);
        BatchResult result = done(copies(mover, destination, source, 6, 64).submit());
        result.orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(2, batches().size());
        // The batch has two tasks and two fillers.
        assertEquals(4, batches().getLast().tasks().size());
    }

    @Test
    void fenceWaitsForATaskWithMissingPages() {
        var mover = hardware();
        dml.next(Plan.succeed().withTask(0, Plan.pageFault(8)));
        var source = noise(64);
        var between = zeros(64);
        var destination = zeros(64);
        done(mover.batch()
                .memcpy(between, source)
                .nop()
                .nop()
                .fence()
                .memcpy(destination, between)
                .submit()).orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    void pagesThatStayMissingFailTheirTask() {
        var mover = hardware();
        dml.always(Plan.succeed().withTask(0, Plan.pageFault(0)));
        var source = noise(4 * 64);
        var destination = zeros(4 * 64);
        BatchResult result = done(copies(mover, destination, source, 4, 64).submit());
        assertEquals(VdmResult.PAGE_FAULT, result.get(0).result());
        assertArrayEquals(bytes(source.asSlice(64)), bytes(destination.asSlice(64)));
    }

    @Test
    void autoExecutesRefusedTasksInSoftware() {
        dml.withHardware();
        var mover = open(DmlPath.AUTO);
        dml.next(Plan.succeed().withTask(1, Plan.fail(dml_h.DML_STATUS_JOB_OPERATION_ERROR)));
        var source = noise(5 * 64);
        var destination = zeros(5 * 64);
        var future = copies(mover, destination, source, 5, 64).submit();
        BatchResult result = done(future);
        result.orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(ExecutionPath.DSA_HARDWARE, result.get(0).path());
        assertEquals(ExecutionPath.DML_SOFTWARE, result.get(1).path());
        assertEquals(ExecutionPath.DML_SOFTWARE, future.path());
    }

    @Test
    void autoExecutesARefusedBatchInSoftware() {
        dml.withHardware();
        var mover = open(DmlPath.AUTO);
        dml.next(Plan.refuse(dml_h.DML_STATUS_BATCH_SIZE_ERROR));
        var source = noise(5 * 64);
        var destination = zeros(5 * 64);
        var future = copies(mover, destination, source, 5, 64).submit();
        done(future).orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(ExecutionPath.DML_SOFTWARE, future.path());
    }

    @Test
    void fullQueueIsRetriedByABatch() {
        var mover = hardware();
        dml.next(
                Plan.refuse(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE),
                Plan.refuse(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE));
        var source = noise(5 * 64);
        var destination = zeros(5 * 64);
        done(copies(mover, destination, source, 5, 64).submit()).orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(3, dml.submissions().size());
    }

    @Test
    void refusedBatchFailsOnHardware() {
        var mover = hardware();
        dml.next(Plan.refuse(dml_h.DML_STATUS_LIBACCEL_NOT_FOUND));
        var future = copies(mover, zeros(256), noise(256), 4, 64).submit();
        BatchResult result = done(future);
        assertEquals(VdmResult.NO_DEVICE, future.result());
        assertEquals(VdmResult.NOT_RUN, result.get(0).result());
        assertTrue(
                future.failure().getMessage().startsWith("batch of 256 bytes on HARDWARE failed: "),
                future.failure().getMessage());
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void refusedPartFailsTheRemainingTasks() {
        dml.withHardware();
        var mover = open(DmlPath.HARDWARE);
        dml.next(Plan.succeed(), Plan.refuse(dml_h.DML_STATUS_LIBACCEL_NOT_FOUND));
        var source = noise(200 * 8);
        var future = copies(mover, zeros(200 * 8), source, 200, 8).submit();
        BatchResult result = done(future);
        assertEquals(VdmResult.SUCCESS, future.result());
        assertEquals(VdmResult.SUCCESS, result.get(0).result());
        assertEquals(VdmResult.NO_DEVICE, result.get(199).result());
    }

    @Test
    void batchWaitsForAJob() {
        dml.withHardware();
        var mover = open(builder(DmlPath.HARDWARE).slots(1));
        dml.next(Plan.hold());
        var busy = mover.memcpy(zeros(64), noise(64));
        busy.poll();
        var source = noise(256);
        var destination = zeros(256);
        var future = copies(mover, destination, source, 4, 64).submit();
        assertEquals(FutureState.RUNNING, future.poll());
        assertEquals(FutureState.RUNNING, future.poll());
        dml.releaseAll();
        done(future);
        assertEquals(VdmResult.SUCCESS, future.result());
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(FutureState.COMPLETE, busy.state(), "the batch's polls have reaped it");
    }

    @Test
    void batchIsRefusedIfTheMoverIsFull() {
        dml.withHardware();
        var mover = open(builder(DmlPath.HARDWARE).slots(1).queueSize(1).whenFull(WhenFull.FAIL));
        dml.next(Plan.hold());
        var busy = mover.memcpy(zeros(64), noise(64));
        busy.poll();
        var waiting = mover.memset(zeros(8), (byte) 1);
        assertEquals(FutureState.RUNNING, waiting.poll());
        var future = copies(mover, zeros(256), noise(256), 4, 64).submit();
        done(future);
        assertEquals(VdmResult.MOVER_FULL, future.result());
        assertTrue(future.failure().getMessage().contains("1 operations wait"),
                future.failure().getMessage());
        assertEquals(VdmResult.NOT_RUN, future.output().get(0).result());
        dml.releaseAll();
        finish(waiting).orThrow();
    }

    @Test
    void cancelledBatchRunsNothing() {
        var mover = software();
        var destination = zeros(256);
        var future = copies(mover, destination, noise(256), 4, 64).submit();
        assertTrue(future.cancel());
        assertEquals(VdmResult.CANCELLED, future.result());
        assertEquals(VdmResult.NOT_RUN, future.output().get(0).result());
        assertArrayEquals(new byte[256], bytes(destination));
    }

    @Test
    void batchOfAClosedMoverFails() {
        var mover = software();
        var future = copies(mover, zeros(256), noise(256), 4, 64).submit();
        mover.close();
        done(future);
        assertEquals(VdmResult.CLOSED, future.result());
    }

    @Test
    void closedArenaFailsTheWholeBatch() {
        var mover = software();
        var destination = zeros(256);
        VdmFuture<BatchResult> future;
        try (Arena own = Arena.ofShared()) {
            var source = dml.allow(own.allocate(64));
            future = mover.batch()
                    .memcpy(destination.asSlice(0, 64), noise(64))
                    .memcpy(destination.asSlice(64, 64), source)
                    .submit();
        }
        done(future);
        assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
        assertArrayEquals(new byte[256], bytes(destination));
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void closedBufferFailsTheWholeBatch() {
        var mover = software();
        var buffer = OffHeapBuffer.allocate(64);
        var future = mover.batch().nop().memset(buffer.segment(), (byte) 1, VdmFlags.NONE).submit();
        buffer.close();
        done(future);
        assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
    }

    @Test
    void batchInFlightKeepsItsBufferOpen() {
        var mover = hardware();
        dml.next(Plan.hold());
        try (var buffer = OffHeapBuffer.allocate(640)) {
            dml.allow(buffer.segment());
            var batch = mover.batch();
            for (int i = 0; i < 10; i++) {
                batch.memset(buffer.segment().asSlice(i * 64, 64), (byte) i, VdmFlags.NONE);
            }
            var future = batch.submit();
            future.poll();
            assertEquals(1, buffer.operationsInFlight());
            assertTrue(!buffer.tryClose());
            dml.releaseAll();
            done(future).orThrow();
            assertEquals(0, buffer.operationsInFlight());
            assertEquals(9, buffer.segment().get(ValueLayout.JAVA_BYTE, 639));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 15, 16, 17, 40})
    void softwarePathKeepsArenasOpen(int count) {
        var mover = software();
        var arenas = new HashMap<Long, Arena>();
        var batch = mover.batch();
        var source = noise(64);
        for (int i = 0; i < count; i++) {
            Arena own = Arena.ofShared();
            var destination = dml.allow(own.allocate(64));
            arenas.put(destination.address(), own);
            batch.memcpy(destination, source);
        }
        int[] refused = new int[1];
        dml.always(submission -> Plan.succeed().during(() -> {
            for (SimulatedTask task : SimulatedBatch
                    .at(submission.destination(), submission.length())
                    .tasks()) {
                if (task.is(SimulatedTask.MEM_MOVE)) {
                    assertThrows(IllegalStateException.class,
                            arenas.get(task.destination())::close);
                    refused[0]++;
                }
            }
        }));
        done(batch.submit()).orThrow();
        assertEquals(count, refused[0]);
        assertTrue(batches().size() <= count / 15 + 1, batches().size() + " batches");
        arenas.values().forEach(Arena::close);
    }

    @Test
    void arenaClosedBetweenPartsFailsItsTasksOnly() {
        var mover = software();
        var own = Arena.ofShared();
        var source = noise(8);
        var destination = zeros(200 * 8);
        var batch = mover.batch();
        for (int i = 0; i < 200; i++) {
            var from = i == 150 ? dml.allow(own.allocate(8)) : source;
            batch.memcpy(destination.asSlice(i * 8, 8), from);
        }
        dml.next(Plan.succeed().afterwards(own::close));
        BatchResult result = done(batch.submit());
        assertEquals(VdmResult.SEGMENT_UNUSABLE, result.get(150).result());
        assertEquals(VdmResult.SUCCESS, result.get(149).result());
        assertEquals(VdmResult.SUCCESS, result.get(199).result());
    }

    @Test
    void confinedSegmentRefusesOtherThreads() throws InterruptedException {
        var mover = software();
        try (Arena own = Arena.ofConfined()) {
            var source = dml.allow(own.allocate(64));
            var future = mover.batch().nop().memcpy(zeros(64), source).submit();
            var thrown = new Throwable[1];
            var other = new Thread(() -> {
                try {
                    future.poll();
                } catch (WrongThreadException e) {
                    thrown[0] = e;
                }
            });
            other.start();
            other.join();
            assertEquals(WrongThreadException.class, thrown[0].getClass());
            assertEquals(FutureState.IDLE, future.state());
            assertEquals(0, mover.slotsInUse());
            done(future).orThrow();
        }
    }

    @Test
    void memoryForBatchesIsCountedAndKept() {
        var mover = open(builder(DmlPath.SOFTWARE).slots(1));
        long before = mover.nativeBytes();
        var source = noise(1000 * 8);
        done(copies(mover, zeros(100 * 8), source, 100, 8).submit()).orThrow();
        assertEquals(before + 128 * 96, mover.nativeBytes());
        done(copies(mover, zeros(1000 * 8), source, 1000, 8).submit()).orThrow();
        done(copies(mover, zeros(100 * 8), source, 100, 8).submit()).orThrow();
        assertEquals(before + 128 * 96, mover.nativeBytes());
        mover.close();
        assertEquals(0, mover.nativeBytes());
    }

    @Test
    void moverFinishesADroppedBatch() {
        var mover = hardware();
        var source = noise(256);
        var destination = zeros(256);
        copies(mover, destination, source, 4, 64).submit().poll();
        assertEquals(1, mover.slotsInUse());
        mover.close();
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    void taskAboveTheQueuesLimitRunsAlone() {
        dml.withHardware().maxTransferBytes(64);
        var mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
        var source = noise(1000);
        var destination = zeros(1000);
        done(mover.batch().nop().memcpy(destination, source).nop().submit()).orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    void closedArenaIsFoundBeforeTheFirstTask() {
        var mover = software();
        var destination = zeros(200 * 8);
        Batch batch = copies(mover, destination, noise(199 * 8), 199, 8);
        try (Arena own = Arena.ofShared()) {
            batch.memcpy(destination.asSlice(199 * 8, 8), dml.allow(own.allocate(8)));
        }
        var future = batch.submit();
        done(future);
        assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
        assertArrayEquals(new byte[200 * 8], bytes(destination));
    }

    @Test
    void taskOfSeveralTransfersIsExecuted() {
        var mover = open(builder(DmlPath.SOFTWARE).maxTransferBytes(64));
        var source = noise(1000);
        var destination = zeros(1000);
        var other = zeros(64);
        BatchResult result = done(mover.batch()
                .memcpy(other, source.asSlice(0, 64))
                .memcpy(destination, source)
                .crc32c(source)
                .fence()
                .compare(destination, source)
                .submit());
        result.orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(crc(source), result.get(2).output(Crc32c.class).bits());
        assertTrue(result.get(3).output(CompareResult.class).equal());
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "SOFTWARE"})
    void batchIsSubmittedManyTimes(DmlPath path) {
        var mover = on(path);
        var source = zeros(6 * 16);
        var destination = zeros(6 * 16);
        var batch = copies(mover, destination, source, 6, 16).crc32c(source);
        var other = copies(mover, zeros(7 * 16), zeros(7 * 16), 7, 16);
        VdmFuture<BatchResult> future = null;
        for (int i = 0; i < 6; i++) {
            fillWithNoise(source);
            VdmFuture<BatchResult> again = batch.submit();
            assertTrue(future == null || future == again);
            assertEquals(FutureState.IDLE, again.state());
            future = again;
            BatchResult result = done(future);
            result.orThrow();
            assertArrayEquals(bytes(source), bytes(destination), "time " + i);
            assertEquals(crc(source), result.get(6).output(Crc32c.class).bits());
            if (i % 2 == 1) {
                done(other.submit()).orThrow(); // The memory is that of the same job.
            }
        }
    }

    @Test
    void resubmissionForgetsEarlierFailures() {
        var mover = software();
        var source = noise(4 * 16);
        var destination = zeros(4 * 16);
        var batch = copies(mover, destination, source, 4, 16);
        for (int i = 0; i < 3; i++) {
            dml.next(Plan.succeed().withTask(i, Plan.fail(dml_h.DML_STATUS_JOB_FLAGS_ERROR)));
            BatchResult failed = done(batch.submit());
            assertEquals(VdmResult.INVALID_OPERATION, failed.get(i).result());
            done(batch.submit()).orThrow();
            assertEquals(VdmResult.INVALID_OPERATION, failed.get(i).result());
        }
        dml.next(Plan.refuse(dml_h.DML_STATUS_LIBACCEL_NOT_FOUND));
        var future = batch.submit();
        done(future);
        assertEquals(VdmResult.NO_DEVICE, future.result());
        done(batch.submit()).orThrow();
        assertEquals(VdmResult.SUCCESS, future.result());
    }

    @Test
    void runningBatchCannotBeSubmittedAgain() {
        var mover = hardware();
        var batch = copies(mover, zeros(64), noise(64), 4, 16);
        var future = batch.submit();
        future.poll();
        assertThrows(IllegalStateException.class, batch::submit);
        done(future).orThrow();
        assertThrows(IllegalStateException.class, batch::nop);
    }

    @Test
    void eachPathHasItsOwnDescriptors() {
        dml.withHardware();
        var mover = open(builder(DmlPath.AUTO).slots(1));
        var source = noise(64);
        var destination = zeros(64);
        var batch =
                mover.batch().nop().nop().nop().memcpy(destination, source, VdmFlags.MEM_DURABLE);
        done(batch.submit()).orThrow();
        done(batch.submit()).orThrow();
        assertTrue(dml.submissions().stream().noneMatch(each -> each.is(dml_h.DML_OP_CACHE_FLUSH)));
        dml.next(Plan.refuse(dml_h.DML_STATUS_BATCH_SIZE_ERROR));
        done(batch.submit()).orThrow();
        assertTrue(dml.submissions().stream().anyMatch(each -> each.is(dml_h.DML_OP_CACHE_FLUSH)));
    }

    @Test
    void resubmittedBatchFindsAClosedArena() {
        var mover = software();
        Batch batch;
        try (Arena own = Arena.ofShared()) {
            batch = mover.batch().memcpy(zeros(64), dml.allow(own.allocate(64)));
            done(batch.submit()).orThrow();
            done(batch.submit()).orThrow();
        }
        var future = batch.submit();
        done(future);
        assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
    }
}
