package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Waker;
import io.github.vdm4j.future.WorkerStrategy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Long operations of the software path run on threads of the mover")
class DmlWorkersTest extends AgainstSimulatedDml {
    private static final int LONG = 1_000;

    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void open() {
        gate.countDown();
    }

    private DmlDataMoverBuilder workersOf(DmlPath path) {
        return builder(path).workersFrom(LONG).workers(1).workerStrategy(WorkerStrategy.PARK);
    }

    private void awaitGate() {
        try {
            assertTrue(gate.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a plan that stays inside DML until {@link #gate} opens. */
    private Plan stuck() {
        return Plan.succeed().during(this::awaitGate);
    }

    private static void awaitWork(OffHeapBuffer buffer) {
        while (buffer.operationsInFlight() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void startOfALongOperationReturnsEarly() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        dml.next(stuck());
        MemorySegment source = noise(LONG);
        MemorySegment destination = zeros(LONG);
        VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
        assertTrue(copy.hasProperty(FutureProperty.ASYNC));
        assertSame(FutureState.RUNNING, copy.poll());
        assertSame(FutureState.RUNNING, copy.poll());
        while (mover.slotsInUse() != 1) { // The worker takes it.
            Thread.onSpinWait();
        }
        gate.countDown();
        finish(copy).orThrow();
        assertEquals(-1, destination.mismatch(source));
        assertSame(ExecutionPath.DML_SOFTWARE, copy.path());
        Thread worker = dml.lastSubmission().thread();
        assertTrue(worker.getName().startsWith("vdm4j-dml-worker-"), worker::toString);
        assertTrue(worker.isDaemon());
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void shortOperationRunsInItsFirstPoll() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        VdmFuture<VdmOutput> fill = mover.memset(zeros(LONG - 1), (byte) 1);
        assertFalse(fill.hasProperty(FutureProperty.ASYNC));
        assertSame(FutureState.COMPLETE, fill.poll());
        assertSame(Thread.currentThread(), dml.lastSubmission().thread());
    }

    @Test
    void awaitedDurableCopyRunsOnItsThread() {
        DmlDataMover mover = open(builder(DmlPath.SOFTWARE).nativeMemoryIsPersistent(true));
        MemorySegment source = noise(100_000);
        MemorySegment destination = zeros(100_000);
        VdmFuture<VdmOutput> polled = mover.memcpy(destination, source, VdmFlags.MEM_DURABLE);
        finish(polled).orThrow();
        assertNotSame(Thread.currentThread(), dml.lastSubmission().thread());

        mover.memcpy(destination.fill((byte) 0), source, VdmFlags.MEM_DURABLE).await();
        assertEquals(-1, destination.mismatch(source));
        assertSame(Thread.currentThread(), dml.lastSubmission().thread());
    }

    @Test
    void confinedOperationRunsOnItsThread() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment mine = dml.allow(confined.allocate(LONG));
            for (VdmFuture<VdmOutput> operation : List.of(mover.memset(mine, (byte) 1),
                    mover.memcpy(zeros(LONG), mine))) {
                assertFalse(operation.hasProperty(FutureProperty.ASYNC));
                assertSame(FutureState.COMPLETE, operation.poll());
                assertSame(Thread.currentThread(), dml.lastSubmission().thread());
            }
        }
    }

    @Test
    void shortOperationsStartNoThread() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        List<Thread> before = threads("vdm4j-dml-");
        finish(mover.memset(zeros(64), (byte) 1));
        assertEquals(before, threads("vdm4j-dml-"));
    }

    private static List<Thread> threads(String name) {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().startsWith(name))
                .sorted(java.util.Comparator.comparing(Thread::threadId))
                .toList();
    }

    @Test
    void wakerIsCalledAfterCompletion() throws InterruptedException {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        dml.next(stuck());
        var replaced = new AtomicInteger();
        var woken = new CountDownLatch(1);
        VdmFuture<VdmOutput> fill = mover.memset(zeros(LONG), (byte) 1);
        for (Waker waker : List.<Waker>of(replaced::incrementAndGet, woken::countDown)) {
            Notifier notifier = Notifier.of(waker);
            assertSame(FutureState.RUNNING, fill.poll(notifier));
            assertSame(NotifierType.WAKER, notifier.used());
        }
        assertEquals(1, woken.getCount());
        gate.countDown();
        assertTrue(woken.await(20, TimeUnit.SECONDS));
        assertSame(FutureState.COMPLETE, fill.poll());
        assertEquals(0, replaced.get(), "a later poll of the same thread replaces the earlier one");
    }

    @Test
    void threadThatWaitsForAWorkerSleeps() throws InterruptedException {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        dml.next(stuck());
        VdmFuture<VdmOutput> fill = mover.memset(zeros(LONG), (byte) 1);
        Thread waiter = Thread.ofPlatform().start(fill::await);
        while (waiter.getState() != Thread.State.WAITING) { // not TIMED_WAITING
            Thread.onSpinWait();
        }
        gate.countDown();
        waiter.join();
        assertSame(VdmResult.SUCCESS, fill.result());
    }

    @Test
    void partsOfAnOverlappingMoveKeepTheirOrder() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE).maxTransferBytes(64));
        MemorySegment memory = noise(2 * LONG);
        byte[] expected = bytes(memory.asSlice(0, LONG));
        finish(mover.memmove(memory.asSlice(32, LONG), memory.asSlice(0, LONG))).orThrow();
        assertEquals(-1, memory.asSlice(32, LONG).mismatch(MemorySegment.ofArray(expected)));
        assertEquals(16, dml.submissions().size());
        assertEquals(1, dml.submissions().stream().map(Submission::thread).distinct().count());
    }

    @Test
    void dataOperationsRunOnWorkers() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        MemorySegment data = noise(LONG);
        var crc = mover.crc32c(data);
        assertTrue(crc.hasProperty(FutureProperty.ASYNC));
        var expected = new java.util.zip.CRC32C();
        expected.update(data.asByteBuffer());
        assertEquals(expected.getValue(), crc.await().value());
        assertNotSame(Thread.currentThread(), dml.lastSubmission().thread());
        var small = mover.crc32c(data.asSlice(0, 10));
        assertFalse(small.hasProperty(FutureProperty.ASYNC));
        assertSame(FutureState.COMPLETE, small.poll());
    }

    @Test
    void failureOnAWorkerFailsTheFuture() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        dml.next(Plan.refuse(5), Plan.fail(3));
        VdmFuture<VdmOutput> refused = finish(mover.memset(zeros(LONG), (byte) 1));
        assertSame(VdmResult.INVALID_OPERATION, refused.result());
        VdmFuture<VdmOutput> failed = finish(mover.memset(zeros(LONG), (byte) 1));
        assertSame(VdmResult.DEVICE_ERROR, failed.result());
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void autoSendsRefusedOperationsToWorkers() {
        dml.withHardware();
        DmlDataMover mover = open(workersOf(DmlPath.AUTO));
        assertSame(DmlPath.HARDWARE, mover.runningPath());
        dml.next(Plan.refuse(102), stuck());
        MemorySegment destination = zeros(LONG);
        VdmFuture<VdmOutput> fill = mover.memset(destination, (byte) 9);
        assertSame(FutureState.RUNNING, fill.poll());
        gate.countDown();
        finish(fill).orThrow();
        assertSame(ExecutionPath.DML_SOFTWARE, fill.path());
        assertNotSame(Thread.currentThread(), dml.lastSubmission().thread());
        assertEquals(-1, destination.mismatch(zeros(LONG).fill((byte) 9)));
    }

    @Test
    void workerKeepsTheMemoryOpen() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        var inside = new CountDownLatch(1);
        dml.next(Plan.succeed().during(() -> {
            inside.countDown();
            awaitGate();
        }));
        Arena closable = Arena.ofShared();
        OffHeapBuffer buffer = OffHeapBuffer.allocate(LONG);
        VdmFuture<VdmOutput> copy = mover.memcpy(dml.allow(buffer.segment()),
                dml.allow(closable.allocate(LONG)), VdmFlags.NONE);
        copy.poll();
        try {
            assertTrue(inside.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThrows(IllegalStateException.class, closable::close);
        assertFalse(buffer.tryClose());
        gate.countDown();
        awaitWork(buffer); // The worker releases the buffer, even if no thread polls.
        buffer.close();
        closable.close();
        assertSame(VdmResult.SUCCESS, finish(copy).result());
    }

    @Test
    void memoryClosedInTheQueueIsNotTouched() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        dml.next(stuck());
        VdmFuture<VdmOutput> first = mover.memset(zeros(LONG), (byte) 1);
        first.poll();
        Arena closed = Arena.ofShared();
        VdmFuture<VdmOutput> second = mover.memset(closed.allocate(LONG), (byte) 2);
        second.poll();
        closed.close();
        gate.countDown();
        assertSame(VdmResult.SEGMENT_UNUSABLE, finish(second).result());
        finish(first).orThrow();
        assertEquals(1, dml.submissions().size());
    }

    @Test
    @DisplayName("H23: a dropped operation returns its job")
    void droppedOperationReturnsItsJob() {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE).slots(3));
        OffHeapBuffer buffer = OffHeapBuffer.allocate(LONG);
        dml.allow(buffer.segment());
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < 3; i++) {
                startOnWorker(mover, buffer); // and drop it
            }
            awaitWork(buffer);
        }
        finish(startOnWorker(mover, buffer)).orThrow();
        buffer.close();
    }

    private static VdmFuture<VdmOutput> startOnWorker(DmlDataMover mover, OffHeapBuffer buffer) {
        VdmFuture<VdmOutput> fill = mover.memset(buffer.segment(), (byte) 7);
        fill.poll();
        return fill;
    }

    @Test
    void closeWaitsForQueuedOperations() throws InterruptedException {
        DmlDataMover mover = open(workersOf(DmlPath.SOFTWARE));
        dml.next(stuck());
        List<VdmFuture<VdmOutput>> fills = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            fills.add(mover.memset(zeros(LONG), (byte) 5));
            assertSame(FutureState.RUNNING, fills.get(i).poll());
        }
        // The loop waits until the worker has taken the first operation.
        while (mover.pending() != 3) {
            Thread.onSpinWait();
        }
        Thread closer = Thread.ofPlatform().start(mover::close);
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertTrue(closer.isAlive());
        gate.countDown();
        closer.join();
        for (VdmFuture<VdmOutput> fill : fills) {
            assertSame(VdmResult.SUCCESS, finish(fill).result());
            assertEquals(-1, fill.destination().mismatch(zeros(LONG).fill((byte) 5)));
        }
        assertEquals(0, mover.nativeBytes());
        assertEquals(0, dml.liveJobs());
    }

    @Test
    void closeTimesOutAndNamesTheStuckOperation() {
        DmlDataMover mover = workersOf(DmlPath.SOFTWARE).closeTimeout(Duration.ofMillis(20)).open();
        dml.next(stuck());
        VdmFuture<VdmOutput> fill = mover.memset(zeros(LONG), (byte) 1);
        fill.poll();
        var gaveUp = assertThrows(VdmException.class, mover::close);
        assertSame(VdmResult.TIMEOUT, gaveUp.result());
        assertEquals(
                "DML, path SOFTWARE did not close within 0.02 s (closeTimeout): still in "
                        + "flight: memset of 1,000 bytes, RUNNING;"
                        + " %,d bytes of native memory are kept for them"
                                .formatted(mover.nativeBytes()),
                gaveUp.getMessage());
        assertTrue(mover.nativeBytes() > 0);
        mover.close(); // A second close does nothing.
        assertThrows(IllegalStateException.class, () -> mover.memset(zeros(1), (byte) 1));
        gate.countDown();
        assertSame(VdmResult.SUCCESS, finish(fill).result());
        dml.abandonJobsInFlight();
    }

    @Test
    void reusedOperationNotifiesManyWaiters() throws InterruptedException {
        DmlDataMover mover = open(builder(DmlPath.SOFTWARE).slots(8).workersFrom(LONG).workers(2));
        var failure = new AtomicReference<Throwable>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            MemorySegment destination = zeros(LONG);
            byte salt = (byte) t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    VdmOperation operation = mover.newOperation();
                    for (int round = 0; round < 2_000; round++) {
                        byte value = (byte) (round + salt);
                        operation.memset(destination, value, VdmFlags.NONE);
                        if (round % 2 == 0) {
                            operation.start().busyPoll();
                        } else {
                            new FutureRuntime().waitFor(operation);
                        }
                        operation.orThrow();
                        assertEquals(value,
                                destination.get(java.lang.foreign.ValueLayout.JAVA_BYTE, LONG - 1));
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertSame(null, failure.get());
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        DmlDataMoverBuilder builder = DmlDataMover.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.workersFrom(0));
        assertThrows(IllegalArgumentException.class, () -> builder.workers(0));
        assertThrows(IllegalArgumentException.class, () -> builder.workers(1_025));
        assertThrows(NullPointerException.class, () -> builder.workerStrategy(null));
        assertThrows(IllegalArgumentException.class, () -> builder.closeTimeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class,
                () -> builder.closeTimeout(Duration.ofDays(2)));
    }
}
