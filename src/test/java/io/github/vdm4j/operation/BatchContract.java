package io.github.vdm4j.operation;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of batches. */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class BatchContract extends RulesContract {

    /** Returns a record for 64 bytes. Its second word is far outside of them. */
    private MemorySegment badRecord() {
        byte[] record = new byte[20];
        record[10] = 99;
        return of(record);
    }

    private static void assertNotRun(TaskResult task, String reason) {
        assertEquals(VdmResult.NOT_RUN, task.result());
        assertNull(task.output());
        assertEquals(ExecutionPath.NONE, task.path());
        assertEquals(VdmResult.NOT_RUN, task.failure().result());
        assertTrue(task.failure().getMessage().contains(reason), task.failure().getMessage());
        assertThrows(VdmException.class, () -> task.output(Object.class));
    }

    @Test
    @DisplayName("each operation has the same result in a batch and alone")
    public void batchOfEveryTypeMatchesSingleOperations() {
        Batch batch = mover().batch();
        List<MemorySegment[]> alone = new ArrayList<>();
        List<MemorySegment[]> together = new ArrayList<>();
        List<Object> expected = new ArrayList<>();
        long sum = 0;
        for (Sample sample : Sample.values()) {
            alone.add(segments(sample, sample.ordinal()));
            together.add(segments(sample, sample.ordinal()));
            VdmFuture<?> future = sample.future(mover(), alone.getLast());
            sum += future.byteSize();
            expected.add(run(future));
            sample.add(batch, together.getLast());
        }
        MemorySegment copied = memory(500);
        MemorySegment moved = noise(500, 1);
        byte[] shifted = bytes(moved);
        System.arraycopy(shifted, 0, shifted, 100, 400);
        MemorySegment source = noise(500, 2);
        MemorySegment set = memory(77);
        batch.memcpy(copied, source)
                .memmove(moved.asSlice(100), moved.asSlice(0, 400), VdmFlags.NONE)
                .memset(set, (byte) -3, VdmFlags.NO_CACHE_HINT)
                .nop();
        VdmFuture<BatchResult> future = batch.submit();
        assertEquals(sum + 500 + 400 + 77, future.byteSize());
        assertEquals("batch of 17 tasks, %,d bytes, IDLE".formatted(future.byteSize()),
                future.toString());

        BatchResult result = run(future);
        assertTrue(result.isSuccess());
        result.orThrow();
        assertEquals(17, result.tasks().size());
        for (Sample sample : Sample.values()) {
            TaskResult task = result.get(sample.ordinal());
            assertEquals(sample.type, task.type());
            assertEquals(VdmResult.SUCCESS, task.result());
            assertNull(task.failure());
            assertTrue(paths().contains(task.path()), task::toString);
            assertSameOutput(expected.get(sample.ordinal()), task.output());
            for (int i = 0; i < sample.roles.size(); i++) {
                assertArrayEquals(
                        bytes(alone.get(sample.ordinal())[i]),
                        bytes(together.get(sample.ordinal())[i]),
                        sample::name);
            }
        }
        assertEquals(-1, copied.mismatch(source));
        assertArrayEquals(shifted, bytes(moved));
        assertEquals(-1, set.mismatch(memory(77).fill((byte) -3)));
        assertEquals(VdmOperationType.MEMCPY, result.get(13).output(VdmOutput.class).type());
        assertSame(set, result.get(15).output(VdmOutput.class).destination());
        assertEquals(VdmOperationType.NOP, result.get(16).type());
    }

    @Test
    @DisplayName("the text of a batch has its tasks, its bytes and its state")
    public void textOfBatchHasTasksBytesAndState() {
        Batch batch = mover().batch();
        assertEquals("batch of 0 tasks, 0 bytes, not submitted", batch.toString());
        batch.memset(memory(1_500), (byte) 1).nop();
        assertEquals("batch of 2 tasks, 1,500 bytes, not submitted", batch.toString());
        VdmFuture<BatchResult> future = batch.submit();
        assertEquals("batch of 2 tasks, 1,500 bytes, IDLE", batch.toString());
        run(future);
        assertEquals("batch of 2 tasks, 1,500 bytes, COMPLETE", batch.toString());
        assertEquals("batch of 0 tasks, 0 bytes, not submitted", batch.clear().toString());
    }

    @ParameterizedTest(name = "{0} tasks")
    @ValueSource(ints = {1, 2, 3, 4, 5, 63, 64, 65, 1_000})
    @DisplayName("any number of tasks is executed, fewer than DML takes and more than a queue "
            + "takes")
    public void anyNumberOfTasksIsExecuted(int tasks) {
        MemorySegment source = noise(32L * tasks, 3);
        MemorySegment destination = memory(32L * tasks);
        Batch batch = mover().batch();
        for (int i = 0; i < tasks; i++) {
            if (i % 3 == 0) {
                batch.copyCrc32c(
                        destination.asSlice(32L * i, 32), source.asSlice(32L * i, 32),
                        CrcOptions.STANDARD,
                        VdmFlags.NONE);
            } else {
                batch.memcpy(destination.asSlice(32L * i, 32), source.asSlice(32L * i, 32));
            }
        }
        assertEquals(tasks, batch.size());
        BatchResult result = run(batch.submit());
        assertEquals(-1, destination.mismatch(source));
        for (int i = 0; i < tasks; i += 3) {
            assertEquals(
                    BruteForce.crc32c(bytes(source.asSlice(32L * i, 32)), CrcOptions.STANDARD),
                    result.get(i).output(Crc32c.class).bits());
        }
    }

    @ParameterizedTest(name = "{0} steps")
    @ValueSource(ints = {2, 3, 5, 40})
    @DisplayName("H12: a task behind a fence sees the writes of the tasks before the fence")
    public void taskBehindAFenceSeesEarlierWrites(int steps) {
        for (int round = 0; round < 20; round++) {
            MemorySegment source = noise(300, round);
            MemorySegment places = memory(300L * (steps + 1));
            MemorySegment.copy(source, 0, places, 0, 300);
            Batch batch = mover().batch().fence();
            for (int i = 0; i < steps; i++) {
                batch.fence()
                        .memcpy(places.asSlice(300L * (i + 1), 300), places.asSlice(300L * i, 300));
            }
            BatchResult result = run(batch.fence().crc32c(places.asSlice(300L * steps)).submit());
            assertEquals(
                    BruteForce.crc32c(bytes(source), CrcOptions.STANDARD),
                    result.get(steps).output(Crc32c.class).bits());
        }
    }

    @Test
    @DisplayName("a failed task does not stop tasks that no fence separates from it")
    public void failedTaskDoesNotStopTasksWithoutAFence() {
        MemorySegment before = memory(64);
        MemorySegment wrong = noise(64, 4);
        byte[] unchanged = bytes(wrong);
        MemorySegment after = memory(64);
        VdmFuture<BatchResult> future = mover().batch()
                .fill(before, 1)
                .applyDelta(wrong, badRecord(), VdmFlags.NONE)
                .fill(after, 2)
                .compare(before, before)
                .submit();
        BatchResult result = run(future);
        assertFalse(result.isSuccess());
        TaskResult failed = result.get(1);
        assertEquals(VdmResult.INVALID_DATA, failed.result());
        assertNull(failed.output());
        assertTrue(failed.failure().getMessage().startsWith("delta apply of 20 bytes failed"),
                failed.failure().getMessage());
        assertEquals(
                VdmResult.INVALID_DATA, assertThrows(VdmException.class, result::orThrow).result());
        assertArrayEquals(unchanged, bytes(wrong));
        assertArrayEquals(BruteForce.filled(64, 1), bytes(before));
        assertArrayEquals(BruteForce.filled(64, 2), bytes(after));
        for (int i : new int[]{0, 2, 3}) {
            assertEquals(VdmResult.SUCCESS, result.get(i).result());
            assertNotNull(result.get(i).output());
        }
    }

    @Test
    @DisplayName("after a failure, tasks behind a fence are not run and name the failed task")
    public void fenceSkipsTasksAfterAFailure() {
        MemorySegment first = memory(64);
        MemorySegment wrong = memory(64);
        MemorySegment fenced = noise(64, 5);
        MemorySegment later = noise(64, 6);
        byte[] fencedBefore = bytes(fenced);
        byte[] laterBefore = bytes(later);
        BatchResult result = run(
                mover().batch()
                        .applyDelta(wrong, badRecord(), VdmFlags.NONE)
                        .fill(first, 3)
                        .fence()
                        .fill(fenced, 0)
                        .crc32c(first)
                        .fence()
                        .fill(later, 0)
                        .nop()
                        .submit());
        assertEquals(VdmResult.INVALID_DATA, result.get(0).result());
        assertArrayEquals(BruteForce.filled(64, 3), bytes(first));
        for (int i = 2; i < 6; i++) {
            assertNotRun(result.get(i),
                    "was not run, because task 0, the delta apply of ");
        }
        assertArrayEquals(fencedBefore, bytes(fenced));
        assertArrayEquals(laterBefore, bytes(later));
    }

    @Test
    @DisplayName("a mismatch and a bad block are no failures, so tasks behind a fence run")
    public void mismatchAndBadBlockAreNotFailures() {
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        MemorySegment range = noise(100, 7);
        MemorySegment other = noise(100, 8);
        MemorySegment last = memory(9);
        BatchResult result = run(
                mover().batch()
                        .compare(range, other)
                        .comparePattern(range, 0)
                        .createDelta(memory(80), noise(800, 9), noise(800, 10))
                        .difCheck(noise(520, 11), config)
                        .fence()
                        .fill(last, -1)
                        .submit());
        assertTrue(result.isSuccess());
        assertEquals(BruteForce.compare(bytes(range), bytes(other)), result.get(0).output());
        assertFalse(result.get(1).output(CompareResult.class).equal());
        assertEquals(DeltaResult.Outcome.OVERFLOW,
                result.get(2).output(DeltaResult.class).outcome());
        assertFalse(result.get(3).output(DifResult.class).isOk());
        assertEquals(-1, last.mismatch(memory(9).fill((byte) -1)));
    }

    @Test
    @DisplayName("empty durable tasks on a mapped file succeed beside other tasks")
    public void emptyDurableTasksSucceedInABatch(@TempDir Path folder) throws IOException {
        try (Arena mapping = Arena.ofShared();
                FileChannel channel = FileChannel.open(folder.resolve("file"),
                        StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, 20_000, mapping);
            MemorySegment nothing = mapped.asSlice(777, 0);
            VdmFuture<BatchResult> future = mover().batch()
                    .memset(mapped.asSlice(0, 100), (byte) 1, VdmFlags.MEM_DURABLE)
                    .crc32c(noise(64, 1), CrcOptions.STANDARD, memory(4)) // not in a device batch
                    .memset(nothing, (byte) 2, VdmFlags.MEM_DURABLE)
                    .dualcast(nothing, nothing, memory(0), VdmFlags.MEM_DURABLE)
                    .flush(nothing)
                    .fence()
                    .nop()
                    .submit();
            run(future).orThrow();
        }
    }

    @Test
    @DisplayName("tasks on no bytes succeed among others")
    public void emptyTasksSucceedInABatch() {
        MemorySegment none = memory(8).asSlice(0, 0);
        MemorySegment some = memory(8);
        BatchResult result = run(
                mover().batch()
                        .memcpy(none, none)
                        .crc32c(none, new CrcOptions(5, false, false))
                        .fill(some, -1)
                        .compare(none, none)
                        .fence()
                        .fill(none, 7)
                        .submit());
        assertTrue(result.isSuccess());
        assertEquals(new Crc32c(5), result.get(1).output());
        assertSame(CompareResult.EQUAL, result.get(3).output());
        assertEquals(-1, some.get(java.lang.foreign.ValueLayout.JAVA_LONG, 0));
        assertTrue(run(mover().batch().crc32c(none).submit()).isSuccess(),
                "a batch of nothing but such");
    }

    @Test
    @DisplayName("an output of another type is refused")
    public void outputOfAnotherTypeIsRefused() {
        TaskResult task = run(mover().batch().crc32c(noise(9, 1)).submit()).get(0);
        assertThrows(ClassCastException.class, () -> task.output(CompareResult.class));
        assertEquals(Crc32c.class, task.output(Record.class).getClass());
    }

    // ---- submitting

    @Test
    @DisplayName("an empty batch is refused, and a submitted batch takes no further task")
    public void emptyOrSubmittedBatchIsRefused() {
        Batch batch = mover().batch();
        assertEquals(0, batch.size());
        assertEquals(
                "the batch has no task. Add a task, for example with memcpy [VDM-NOT-PREPARED]",
                assertThrows(IllegalStateException.class, batch::submit).getMessage());
        batch.fill(memory(8), 1).submit();
        assertEquals(
                "the batch was submitted and takes no more tasks. Poll it to its end and clear it,"
                        + " or make a new batch [VDM-NOT-COMPLETE]",
                assertThrows(IllegalStateException.class, batch::nop).getMessage());
        assertEquals(1, batch.size());
    }

    @Test
    @DisplayName("a complete batch can be submitted again, and its earlier results are cleared")
    public void completeBatchIsSubmittedAgain() {
        MemorySegment source = noise(64, 5);
        MemorySegment destination = memory(64);
        Batch batch = mover().batch().memcpy(destination, source).crc32c(source);
        VdmFuture<BatchResult> future = batch.submit();
        assertEquals(
                "the batch is IDLE and cannot be submitted again. Poll it to its end first"
                        + " [VDM-NOT-COMPLETE]",
                assertThrows(IllegalStateException.class, batch::submit).getMessage());
        BatchResult first = run(future);
        first.orThrow();
        source.fill((byte) 7);
        assertSame(future, batch.submit());
        assertEquals(FutureState.IDLE, future.state());
        BatchResult second = run(future);
        second.orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertFalse(first.get(1).output().equals(second.get(1).output()));
        assertTrue(batch.submit().cancel());
        assertEquals(VdmResult.CANCELLED, future.result());
        assertNotRun(future.output().get(0), "was not run");
        source.fill((byte) 8);
        run(batch.submit()).orThrow();
        assertEquals(VdmResult.SUCCESS, future.result());
        assertNull(future.failure());
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    @DisplayName("a cleared batch takes other tasks and forgets the earlier tasks")
    public void clearedBatchTakesOtherTasks() {
        Batch batch = mover().batch();
        VdmFuture<BatchResult> future = null;
        for (int round = 0; round < 6; round++) {
            int tasks = new int[]{5, 5, 9, 1, 40, 5}[round];
            MemorySegment source = noise(64 * tasks, round);
            MemorySegment destination = memory(64 * tasks);
            for (int i = 0; i < tasks; i++) {
                batch.memcpy(destination.asSlice(64L * i, 64), source.asSlice(64L * i, 64));
            }
            assertEquals(tasks, batch.size());
            VdmFuture<BatchResult> submitted = batch.submit();
            assertSame(future == null ? submitted : future, submitted);
            future = submitted;
            BatchResult result = run(future);
            result.orThrow();
            assertEquals(tasks, result.tasks().size());
            assertEquals(64L * tasks, future.byteSize());
            assertArrayEquals(bytes(source), bytes(destination));
            assertSame(batch, batch.clear());
            assertEquals(0, batch.size());
            destination.fill((byte) 0);
        }
        assertEquals(
                "the batch has no task. Add a task, for example with memcpy [VDM-NOT-PREPARED]",
                assertThrows(IllegalStateException.class, batch::submit).getMessage());
    }

    @Test
    @DisplayName("a cleared batch has no earlier fence and no earlier failure")
    public void clearedBatchForgetsFencesAndFailures() {
        MemorySegment source = noise(64, 3);
        Batch batch = mover().batch().compare(source, memory(64)).fence().crc32c(source).fence();
        assertSame(batch, batch.clear());
        MemorySegment destination = memory(64);
        batch.memcpy(destination, source);
        assertTrue(batch.submit().cancel());
        assertSame(batch, batch.clear());
        VdmFuture<BatchResult> future = batch.memcpy(destination, source).submit();
        run(future).orThrow();
        batch.clear().memcpy(destination, source);
        assertNotRun(future.output().get(0), "was not run");
        assertSame(batch, batch.clear());
        BatchResult result = run(batch.memcpy(destination, source).nop().submit());
        result.orThrow();
        assertEquals(2, result.tasks().size());
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    @DisplayName("an incomplete batch is not cleared, and a submitted batch takes no task")
    public void incompleteBatchIsNotCleared() {
        MemorySegment source = noise(64, 4);
        Batch batch = mover().batch().crc32c(source);
        VdmFuture<BatchResult> future = batch.submit();
        assertEquals(
                "the batch is IDLE and cannot be cleared. Poll it to its end first"
                        + " [VDM-NOT-COMPLETE]",
                assertThrows(IllegalStateException.class, batch::clear).getMessage());
        run(future).orThrow();
        assertEquals(
                "the batch was submitted and takes no more tasks. Poll it to its end and clear it,"
                        + " or make a new batch [VDM-NOT-COMPLETE]",
                assertThrows(IllegalStateException.class, batch::nop).getMessage());
        assertEquals(1, batch.size());
        run(batch.submit()).orThrow();
    }

    @Test
    @DisplayName("a refused task does not change the batch or its fence")
    public void refusedTaskDoesNotChangeTheBatch() {
        MemorySegment wrong = memory(64);
        MemorySegment fenced = noise(64, 2);
        byte[] before = bytes(fenced);
        Batch batch = mover().batch().applyDelta(wrong, badRecord(), VdmFlags.NONE).fence();
        assertThrows(IllegalArgumentException.class, () -> batch.compare(memory(1), memory(2)));
        assertThrows(IllegalArgumentException.class, () -> batch.memcpy(fenced, fenced));
        BatchResult result = run(batch.fill(fenced, 0).submit());
        assertEquals(2, result.tasks().size());
        assertNotRun(result.get(1), "task 0");
        assertArrayEquals(before, bytes(fenced));
    }

    @Test
    @DisplayName("a batch is idle until its first poll, and a cancelled idle batch runs no task")
    public void batchCancelledBeforeItsPollRunsNoTask() {
        MemorySegment first = noise(64, 3);
        MemorySegment second = noise(64, 4);
        byte[] before = bytes(first);
        VdmFuture<BatchResult> future =
                mover().batch().fill(first, 0).fence().fill(second, 0).submit();
        assertEquals(FutureState.IDLE, future.state());
        assertThrows(IllegalStateException.class, future::output);
        assertThrows(IllegalStateException.class, future::result);
        assertTrue(future.cancel());
        assertEquals(FutureState.COMPLETE, future.poll());
        assertEquals(VdmResult.CANCELLED, future.result());
        assertThrows(VdmException.class, future::orThrow);
        future.output().tasks().forEach(task -> assertNotRun(task, "was not run"));
        assertArrayEquals(before, bytes(first));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an arena that is closed before the first poll fails the batch before any task")
    public void arenaClosedBeforeTheFirstPollFailsTheBatch(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment first = noise(64, 5);
            byte[] before = bytes(first);
            MemorySegment[] segments = segments(sample, 6);
            VdmFuture<BatchResult> future;
            try (Arena brief = Arena.ofShared()) {
                segments[i] = brief.allocate(segments[i].byteSize(), 4_096);
                future = sample.add(mover().batch().fill(first, 0), segments).submit();
            }
            future.busyPoll();
            assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
            String message = future.failure().getMessage();
            assertTrue(message.startsWith("batch of ") && message.contains("closed"), message);
            future.output().tasks().forEach(task -> assertNotRun(task, "was not run"));
            assertArrayEquals(before, bytes(first));
        }
    }

    @Test
    @DisplayName("a poll on the wrong thread throws, and the batch stays idle for its own thread")
    public void batchStaysIdleIfTheWrongThreadPolls() throws Exception {
        if (!takesConfinedSegments()) {
            return;
        }
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment segment = allow(confined.allocate(16));
            MemorySegment first = memory(16);
            VdmFuture<BatchResult> future =
                    mover().batch().fill(first, -1).fill(segment, -1).submit();
            var thrown = new AtomicReference<Throwable>();
            Thread wrong = Thread.ofPlatform().start(() -> {
                try {
                    future.poll();
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            wrong.join();
            assertEquals(WrongThreadException.class, thrown.get().getClass());
            assertTrue(thrown.get().getMessage().endsWith("[VDM-WRONG-THREAD]"),
                    thrown.get()::getMessage);
            assertEquals(FutureState.IDLE, future.state());
            assertEquals(0, first.get(JAVA_BYTE, 0));
            run(future);
            assertEquals(-1, segment.get(JAVA_BYTE, 15));
        }
    }

    @Test
    @DisplayName("a closed mover ends an idle batch with CLOSED and refuses new batches")
    public void closedMoverEndsAnIdleBatchWithClosed() {
        MemorySegment destination = noise(64, 7);
        byte[] before = bytes(destination);
        VdmFuture<BatchResult> future = mover().batch().fill(destination, 0).submit();
        Batch open = mover().batch().nop();
        mover().close();
        future.busyPoll();
        assertEquals(VdmResult.CLOSED, future.result());
        assertNotRun(future.output().get(0), "was not run");
        assertArrayEquals(before, bytes(destination));
        String refused =
                "the mover is closed (" + mover().name() + "). Open another mover [VDM-CLOSED]";
        for (Exception e : List.of(
                assertThrows(IllegalStateException.class, open::submit),
                assertThrows(IllegalStateException.class, open::nop),
                assertThrows(IllegalStateException.class, mover()::batch))) {
            assertTrue(e.getMessage().endsWith(refused), e.getMessage());
        }
    }

    @Test
    @DisplayName("batches run repeatedly beside single operations")
    public void batchesRunRepeatedlyBesideOperations() {
        MemorySegment source = noise(640, 8);
        MemorySegment destination = memory(640);
        MemorySegment single = memory(640);
        for (int round = 0; round < 200; round++) {
            source.set(JAVA_BYTE, round, (byte) round);
            Batch batch = mover().batch();
            for (int i = 0; i < 10; i++) {
                batch.memcpy(destination.asSlice(64L * i, 64), source.asSlice(64L * i, 64));
            }
            VdmFuture<BatchResult> future = batch.fence().crc32c(destination).submit();
            future.poll();
            VdmFuture<Crc32c> alone = mover().copyCrc32c(single, source);
            alone.poll();
            assertEquals(run(alone), run(future).get(10).output());
            assertEquals(-1, destination.mismatch(source));
            destination.fill((byte) 0);
        }
    }
}
