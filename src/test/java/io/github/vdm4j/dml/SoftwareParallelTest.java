package io.github.vdm4j.dml;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_INTERNAL_ERROR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.memory.WriteBackLog;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long operations on {@link DmlPath#SOFTWARE}. DML executes their parts on all workers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SoftwareParallelTest extends AgainstSimulatedDml {
    private static final int LONG = (3 << 20) + 64;
    private static final DifConfig DIF = new DifConfig(DifBlockSize.BYTES_512,
            new DifTags(-5, 65_000, 0), new DifTags(77, 65_500, 0),
            Set.of(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG,
                    DifFlag.DESTINATION_FIXED_REFERENCE_TAG,
                    DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG));

    private DmlDataMover workers(int slots) {
        return open(builder(DmlPath.SOFTWARE).slots(slots)
                .workers(2)
                .workersFrom(1 << 20)
                .parallelFrom(2 << 20));
    }

    /** Runs an operation in parts and on one thread, and compares the bytes and the outputs. */
    private VdmFuture<?> compare(long bytes,
            BiFunction<Vdm, MemorySegment, VdmFuture<?>> operation) {
        MemorySegment divided = zeros(bytes);
        VdmFuture<?> future = finish(operation.apply(workers(4), divided));
        if (future.path() == ExecutionPath.DML_SOFTWARE) {
            assertTrue(dml.submissions().size() > 1, "one job has executed the operation");
        }
        MemorySegment whole = zeros(bytes);
        assertSame(finish(operation.apply(software(), whole)).path(), future.path());
        whole.fill((byte) 0);
        try (Vdm jvm = SyncDataMover.open()) {
            Object expected = operation.apply(jvm, whole).await();
            assertSame(VdmResult.SUCCESS, future.result(), () -> "" + future.failure());
            if (!(expected instanceof VdmOutput)) {
                assertEquals(expected, future.output());
            }
        }
        assertEquals(-1, divided.mismatch(whole));
        assertEquals(future.byteSize(), future.bytesDone());
        return future;
    }

    /** Lets each of the next two submissions wait for the other. */
    private void nextTwoSubmissionsMeet() {
        var together = new CyclicBarrier(2);
        Plan meeting = Plan.succeed().during(() -> {
            try {
                together.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        dml.next(meeting, meeting);
    }

    @Test
    void twoWorkersExecuteTheParts() {
        nextTwoSubmissionsMeet();
        MemorySegment source = noise(3L * Parts.COPIED_BYTES);
        MemorySegment copy = zeros(source.byteSize());
        VdmFuture<?> future = finish(workers(4).memcpy(copy, source));
        assertSame(ExecutionPath.DML_SOFTWARE, future.path());
        assertEquals(-1, copy.mismatch(source));
        assertEquals(2, dml.submissions()
                .stream()
                .map(Submission::thread)
                .collect(Collectors.toSet())
                .size());
    }

    @ParameterizedTest
    @ValueSource(ints = {-64, 64})
    void overlappingMoveKeepsItsOrder(int distance) {
        MemorySegment noise = noise(3L * Parts.COPIED_BYTES);
        compare(noise.byteSize() + 128, (mover, range) -> {
            range.asSlice(64, noise.byteSize()).copyFrom(noise);
            return mover.memmove(range.asSlice(64 + distance, noise.byteSize()),
                    range.asSlice(64, noise.byteSize()), VdmFlags.NONE);
        });
    }

    @Test
    void fillContinuesThePattern() {
        compare(LONG, (mover, to) -> mover.fill(to, 0x0102030405060708L, VdmFlags.NONE));
    }

    @Test
    void dualcastWritesBothDestinations() {
        MemorySegment source = noise(LONG);
        long second = 4L << 20; // The low 12 bits of the addresses must be equal.
        compare(second + LONG, (mover, to) -> mover.dualcast(to.asSlice(0, LONG),
                to.asSlice(second), source, VdmFlags.NONE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void crcOfPartsIsCombined(boolean bypass) {
        MemorySegment source = noise(LONG);
        compare(4, (mover, to) -> mover.crc32c(source, new CrcOptions(99, bypass, false), to));
        compare(LONG, (mover, to) -> mover.copyCrc32c(to, source,
                new CrcOptions(99, false, bypass), VdmFlags.NONE));
    }

    @Test
    void firstMismatchDecides() {
        MemorySegment first = noise(LONG);
        MemorySegment second = zeros(LONG).copyFrom(first);
        second.set(ValueLayout.JAVA_BYTE, LONG - 3, (byte) ~second.get(ValueLayout.JAVA_BYTE,
                LONG - 3));
        compare(8, (mover, to) -> mover.compare(first, second));
        compare(8, (mover, to) -> mover.comparePattern(first.asSlice(0).fill((byte) 0), 0));
    }

    @Test
    void tagsOfBlocksContinue() {
        MemorySegment data = noise((3 << 20) + 512);
        long whole = data.byteSize() / 512 * 520;
        DifConfig back = DIF.withSource(DIF.destination())
                .withFlags(
                        DifFlag.SOURCE_FIXED_REFERENCE_TAG,
                        DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG);
        MemorySegment blocks = zeros(whole);
        compare(whole, (mover, to) -> {
            VdmFuture<?> insert = mover.difInsert(to, data, DIF, VdmFlags.NONE);
            insert.await();
            blocks.copyFrom(to);
            return insert;
        });
        compare(8, (mover, to) -> mover.difCheck(blocks, back));
        compare(whole, (mover, to) -> mover.difUpdate(to, blocks, back, VdmFlags.NONE));
        compare(data.byteSize(), (mover, to) -> mover.difStrip(to, blocks, back, VdmFlags.NONE));
        long bad = whole / 520 - 2;
        blocks.set(ValueLayout.JAVA_BYTE, bad * 520 + 515, (byte) 99);
        compare(8, (mover, to) -> mover.difCheck(blocks, back));
    }

    @Test
    void failedPartDecidesTheResult() {
        var count = new AtomicInteger();
        dml.always(submission -> count.getAndIncrement() == 1
                ? Plan.fail(DML_STATUS_INTERNAL_ERROR)
                : Plan.succeed());
        DmlDataMover mover = workers(1); // One slot keeps the order.
        VdmFuture<?> copy = finish(mover.memcpy(zeros(3L * Parts.COPIED_BYTES),
                noise(3L * Parts.COPIED_BYTES)));
        assertSame(VdmResult.DEVICE_ERROR, copy.result());
        assertTrue(copy.failure()
                .getMessage()
                .startsWith(
                        "memcpy of 12,582,912 bytes on SOFTWARE failed: INTERNAL_ERROR"),
                copy.failure().getMessage());
        assertTrue(copy.bytesDone() < copy.byteSize());
        assertEquals(0, copy.bytesDone() % Parts.COPIED_BYTES);
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void partWaitsForAJob() {
        DmlDataMover mover = workers(1);
        MemorySegment source = noise(LONG);
        MemorySegment copy = zeros(LONG);
        VdmFuture<?> first = mover.copyCrc32c(copy, source, CrcOptions.STANDARD, VdmFlags.NONE);
        assertSame(ExecutionPath.DML_SOFTWARE, finish(first).path());
        assertEquals(-1, copy.mismatch(source));
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTWARE", "AUTO"})
    void partWaitsForAForcedBatch(DmlPath path, @TempDir Path folder) throws Exception {
        var mayForce = new CountDownLatch(1);
        var log = new WriteBackLog().storage(range -> {
            try {
                mayForce.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        DmlDataMover mover = open(builder(path, log.engines(false)).slots(1)
                .workers(1)
                .workersFrom(1 << 20)
                .parallelFrom(2 << 20));
        try (OffHeapBuffer file = OffHeapBuffer.map(folder.resolve("file"), 0, 4096)) {
            MemorySegment to = dml.allow(file.segment());
            VdmFuture<BatchResult> batch = mover.batch()
                    .memset(to.asSlice(0, 64), (byte) 1, VdmFlags.MEM_DURABLE)
                    .fence()
                    .memset(to.asSlice(64, 64), (byte) 2, VdmFlags.MEM_DURABLE)
                    .submit();
            batch.poll(); // The batch keeps the only job during the force.
            VdmFuture<?> fill = mover.fill(zeros(LONG), 7, VdmFlags.NONE);
            fill.poll(); // The only worker waits for the job, and the batch waits for a worker.
            mayForce.countDown();
            finish(batch).output().orThrow();
            assertSame(VdmResult.SUCCESS, finish(fill).result());
            assertSame(ExecutionPath.DML_SOFTWARE, fill.path());
        }
    }

    @Test
    void partsFinishInABufferThatCloses() throws Exception {
        var begun = new CountDownLatch(1);
        var closing = new CountDownLatch(1);
        dml.next(Plan.succeed().during(() -> {
            begun.countDown();
            try {
                closing.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        DmlDataMover mover = workers(1);
        OffHeapBuffer buffer = OffHeapBuffer.allocate(LONG);
        dml.allow(buffer.segment());
        VdmFuture<?> fill = mover.fill(buffer.segment(), 7, VdmFlags.NONE);
        fill.poll();
        begun.await();
        Thread closer = Thread.ofPlatform().start(buffer::close);
        while (buffer.isOpen()) {
            Thread.onSpinWait();
        }
        closing.countDown();
        assertSame(VdmResult.SUCCESS, finish(fill).result(), () -> "" + fill.failure());
        closer.join();
    }

    @Test
    void durablePartsShareOneForce(@TempDir Path folder) throws Exception {
        try (OffHeapBuffer file = OffHeapBuffer.map(folder.resolve("file"), 0, LONG)) {
            dml.allow(file.segment());
            MemorySegment source = noise(LONG);
            DmlDataMover mover = workers(4);
            VdmFuture<?> copy = finish(mover.copyCrc32c(file.segment(), source,
                    CrcOptions.STANDARD, VdmFlags.MEM_DURABLE));
            assertSame(VdmResult.SUCCESS, copy.result(), () -> "" + copy.failure());
            assertSame(ExecutionPath.DML_SOFTWARE, copy.path());
            assertEquals(-1, file.segment().mismatch(source));
            assertTrue(dml.submissions().size() > 1);
        }
    }

    @Test
    void workersShareABatch() {
        nextTwoSubmissionsMeet();
        MemorySegment source = noise(LONG);
        MemorySegment copy = zeros(LONG);
        DmlDataMover mover = workers(4);
        Batch batch = mover.batch()
                .crc32c(source)
                .memcpy(copy.asSlice(0, 1 << 20),
                        source.asSlice(0, 1 << 20))
                .memset(copy.asSlice(1 << 20), (byte) 5, VdmFlags.NONE);
        VdmFuture<BatchResult> future = finish(batch.submit());
        future.output().orThrow();
        assertSame(ExecutionPath.DML_SOFTWARE, future.path());
        assertEquals(-1, copy.asSlice(0, 1 << 20).mismatch(source.asSlice(0, 1 << 20)));
        assertEquals(5, copy.get(ValueLayout.JAVA_BYTE, LONG - 1));
        try (Vdm jvm = SyncDataMover.open()) {
            assertEquals(Integer.toUnsignedLong(jvm.crc32c(source).await().bits()),
                    future.output().value(0));
        }
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void cancelStopsBetweenParts() throws Exception {
        var begun = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        dml.next(Plan.succeed().during(() -> {
            begun.countDown();
            try {
                cancelled.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        VdmFuture<?> fill = workers(1).fill(zeros(8L << 20), 7, VdmFlags.NONE);
        fill.poll();
        begun.await();
        assertFalse(fill.cancel());
        cancelled.countDown();
        assertSame(VdmResult.STOPPED, finish(fill).result());
        assertTrue(fill.bytesDone() < fill.byteSize());
    }
}
