package io.github.vdm4j.mover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.WorkerStrategy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@link ThreadsDataMover}, and tests of its threads and its queue. */
class ThreadsDataMoverTest extends VdmContract {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch atGate = new CountDownLatch(1);

    @Override
    protected Vdm open() {
        return ThreadsDataMover.open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns settings for one worker that waits at each memset until {@link #gate} opens. */
    private ThreadsDataMoverBuilder gated() {
        return ThreadsDataMover.builder().threads(1).memsetFunction((destination, value, flags) -> {
            atGate.countDown();
            await(gate);
            destination.fill(value);
        });
    }

    /** Starts a memset. Returns when the mover's worker is in it and the queue is empty. */
    private VdmFuture<VdmOutput> occupyWorker(ThreadsDataMover gated) {
        VdmFuture<VdmOutput> busy = gated.memset(memory(1), (byte) 1);
        assertEquals(FutureState.RUNNING, busy.poll());
        await(atGate);
        return busy;
    }

    private static List<Thread> workers() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().startsWith("vdm4j-threads-mover-"))
                .toList();
    }

    // ---- many operations

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {7, 10, 128, 1_024, 0})
    @DisplayName("100 copies at a time, of equal sizes or of mixed sizes from 7 bytes to 1 MiB")
    void hundredCopiesSucceedAtATime(int fixedSize) {
        int limit = fixedSize > 0 ? fixedSize : 1 << 20;
        var random = new Random(fixedSize);
        MemorySegment source = noise(2L * limit, fixedSize);
        MemorySegment destination = memory(100L * limit);
        for (int round = 0; round < (fixedSize == 0 ? 3 : 10); round++) {
            destination.fill((byte) 0);
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            List<MemorySegment> pieces = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int size = fixedSize > 0 ? fixedSize : 7 + random.nextInt(limit - 6);
                pieces.add(source.asSlice(random.nextInt(limit), size));
                copies.add(
                        mover().memcpy(destination.asSlice((long) i * limit, size), pieces.get(i)));
            }
            new FutureRuntime().waitAll(copies);
            for (int i = 0; i < 100; i++) {
                assertEquals(VdmResult.SUCCESS, copies.get(i).result());
                assertEquals(-1, copies.get(i).destination().mismatch(pieces.get(i)));
            }
        }
    }

    @ParameterizedTest(name = "a queue of {0}")
    @ValueSource(ints = {1, 3, 7, 100})
    @DisplayName("H22: more operations than the queue holds all complete, and the mover stays "
            + "usable")
    void moreOperationsThanTheQueueHoldsSucceed(int queueSize) {
        MemorySegment source = noise(64, 1);
        try (var small = ThreadsDataMover.builder().threads(2).queueSize(queueSize).open()) {
            for (int round = 0; round < 3; round++) {
                List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    copies.add(small.memcpy(memory(64), source));
                }
                new FutureRuntime().waitAll(copies);
                for (VdmFuture<VdmOutput> copy : copies) {
                    assertEquals(VdmResult.SUCCESS, copy.result());
                    assertEquals(-1, copy.destination().mismatch(source));
                }
            }
        }
    }

    @Test
    void operationsWaitForAWorkerInOrder() {
        try (var small = gated().queueSize(1).open()) {
            VdmFuture<VdmOutput> busy = occupyWorker(small);
            List<VdmFuture<VdmOutput>> waiting = new ArrayList<>();
            MemorySegment destination = memory(4);
            for (int i = 0; i < 10; i++) {
                VdmFuture<VdmOutput> next = small.memset(destination, (byte) i);
                assertEquals(FutureState.RUNNING, next.poll());
                waiting.add(next);
            }
            assertEquals(10, small.pending());
            gate.countDown();
            new FutureRuntime().waitAll(waiting);
            assertEquals(VdmResult.SUCCESS, busy.result());
            assertArrayEquals(new byte[]{9, 9, 9, 9}, bytes(destination));
            assertEquals(0, small.pending());
        } finally {
            gate.countDown();
        }
    }

    @Test
    void fullQueueFailsTheOperation() {
        try (var small = gated().queueSize(1).whenFull(WhenFull.FAIL).open()) {
            occupyWorker(small);
            VdmFuture<VdmOutput> queued = small.memset(memory(4), (byte) 2);
            assertEquals(FutureState.RUNNING, queued.poll());
            MemorySegment destination = memory(4);
            VdmFuture<VdmOutput> refused = small.memset(destination, (byte) 3);
            refused.busyPoll();
            assertEquals(VdmResult.MOVER_FULL, refused.result());
            assertEquals("memset of 4 bytes was refused: 1 operations wait for a worker of"
                    + " threads (1) (queueSize), and the mover was opened with whenFull(FAIL). Poll"
                    + " some to their end, or use whenFull(WAIT)",
                    refused.failure().getMessage());
            gate.countDown();
            queued.await();
            assertArrayEquals(new byte[4], bytes(destination));
        } finally {
            gate.countDown();
        }
    }

    @Test
    @DisplayName("H23: a waiting operation can be cancelled, and an operation of a worker cannot")
    void waitingOperationCanBeCancelled() {
        try (var small = gated().open()) {
            VdmFuture<VdmOutput> busy = occupyWorker(small);
            MemorySegment destination = memory(4);
            VdmFuture<VdmOutput> queued = small.memset(destination, (byte) 2);
            queued.poll();
            assertFalse(busy.cancel());
            assertTrue(queued.cancel());
            assertFalse(queued.cancel());
            gate.countDown();
            busy.await();
            assertEquals(VdmResult.CANCELLED, queued.result());
            assertArrayEquals(new byte[4], bytes(destination));
        } finally {
            gate.countDown();
        }
    }

    // ---- settings

    @Test
    @DisplayName("H22: thread counts, queue sizes and idle rounds out of range are refused with "
            + "the range")
    void settingsOutOfRangeAreRefused() {
        ThreadsDataMoverBuilder builder = ThreadsDataMover.builder();
        for (int threads : new int[]{0, -1, 1_025}) {
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> builder.threads(threads));
            assertEquals("threads %,d: must be 1 to 1,024".formatted(threads),
                    refused.getMessage());
        }
        for (int size : new int[]{0, -5}) {
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> builder.queueSize(size));
            assertEquals("queueSize %,d: must be 1 or more".formatted(size),
                    refused.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> new WorkerStrategy(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> new WorkerStrategy(0, -1));
        assertThrows(NullPointerException.class, () -> builder.notifier(null));
        assertThrows(NullPointerException.class, () -> builder.memcpyFunction(null));
    }

    @Test
    @DisplayName("the default is a thread for each processor")
    void defaultIsAThreadForEachProcessor() {
        int processors = Runtime.getRuntime().availableProcessors();
        assertEquals("threads (" + processors + ")", mover().name());
        assertTrue(mover().memset(memory(1), (byte) 0).hasProperty(FutureProperty.ASYNC));
    }

    // ---- notification

    @ParameterizedTest(name = "{0}")
    @EnumSource(NotifierType.class)
    @DisplayName("a running future answers with the mover's notification and gives it")
    void runningFutureUsesTheMoversNotification(NotifierType type) {
        try (var one = gated().notifier(type).open()) {
            var woken = new CountDownLatch(1);
            Notifier notifier = Notifier.of(woken::countDown);
            VdmFuture<VdmOutput> fill = one.memset(memory(8), (byte) 1);
            assertEquals(FutureState.RUNNING, fill.poll(notifier));
            assertEquals(type, notifier.used());
            assertEquals(FutureState.RUNNING, fill.poll(notifier));
            assertEquals(type, notifier.used(), "a later poll is answered alike");
            assertEquals(FutureState.RUNNING, fill.poll(), "nothing offered, nothing needed");
            if (type == NotifierType.POLLER) {
                assertFalse(notifier.poller().ready());
            }
            assertEquals(1, woken.getCount());
            gate.countDown();
            switch (type) {
                case WAKER -> await(woken);
                case POLLER -> {
                    while (!notifier.poller().ready()) {
                        Thread.onSpinWait();
                    }
                }
                case NONE -> fill.busyPoll();
            }
            assertEquals(FutureState.COMPLETE, fill.poll(notifier));
            assertEquals(NotifierType.NONE, notifier.used());
            assertEquals(type == NotifierType.WAKER ? 0 : 1, woken.getCount());
        } finally {
            gate.countDown();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = NotifierType.class, names = {"POLLER", "NONE"})
    @DisplayName("a wait continues with an operation that was prepared again")
    void waitContinuesWithAnOperationPreparedAgain(NotifierType type) {
        try (var one = gated().notifier(type).open()) {
            VdmOperation fill = one.newOperation().memset(memory(8), (byte) 1, VdmFlags.NONE);
            var rounds = new AtomicInteger();
            var runtime = new FutureRuntime(round -> {
                if (rounds.getAndIncrement() == 0) {
                    gate.countDown();
                    fill.busyPoll();
                    fill.again();
                }
                assertTrue(rounds.get() < 10_000_000, "the wait does not end");
            });
            runtime.waitAny(List.of(fill));
            assertEquals(FutureState.COMPLETE, fill.state());
            assertTrue(rounds.get() > 0);
        } finally {
            gate.countDown();
        }
    }

    @Test
    @DisplayName("a waker that a later poll offers is called, and so is each thread's waker")
    void wakerOfALaterPollIsCalled() throws Exception {
        try (var one = gated().open()) {
            VdmFuture<VdmOutput> fill = one.memset(memory(8), (byte) 1);
            fill.poll();
            var mine = new CountDownLatch(1);
            var others = new CountDownLatch(1);
            fill.poll(Notifier.of(mine::countDown));
            Thread other =
                    Thread.ofPlatform().start(() -> fill.poll(Notifier.of(others::countDown)));
            other.join();
            gate.countDown();
            await(mine);
            await(others);
        } finally {
            gate.countDown();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(NotifierType.class)
    @DisplayName("H20: several threads wait for the same operations, with each kind of "
            + "notification")
    void severalThreadsWaitForTheSameOperations(NotifierType type) throws Exception {
        try (var two = ThreadsDataMover.builder().threads(2).notifier(type).open()) {
            for (int round = 0; round < 100; round++) {
                List<VdmFuture<VdmOutput>> fills = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    fills.add(two.memset(memory(64), (byte) i));
                }
                List<Thread> waiters = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    waiters.add(Thread.ofVirtual().start(() -> new FutureRuntime().waitAll(fills)));
                }
                for (Thread waiter : waiters) {
                    waiter.join();
                }
                fills.forEach(fill -> assertEquals(VdmResult.SUCCESS, fill.result()));
            }
        }
    }

    // ---- functions of the user

    @Test
    @DisplayName("the user's functions are called for their operations, with segments and flags")
    void userFunctionsMoveTheBytes() {
        var calls = new ConcurrentLinkedQueue<String>();
        try (var own = ThreadsDataMover.builder()
                .memcpyFunction(
                        (to, from, flags) -> calls.add("memcpy " + to.byteSize() + " " + flags))
                .memmoveFunction(
                        (to, from, flags) -> calls.add("memmove " + from.byteSize() + " " + flags))
                .memsetFunction((to, value, flags) -> calls
                        .add("memset " + to.byteSize() + " " + value + " " + flags))
                .open()) {
            own.memcpy(memory(3), memory(3), VdmFlags.NO_CACHE_HINT).await();
            own.memmove(memory(4), memory(4)).await();
            own.memset(memory(5), (byte) -7).await();
            own.memset(memory(5).asSlice(0, 0), (byte) 1).await(); // empty: no call
        }
        assertEquals(List.of("memcpy 3 NO_CACHE_HINT", "memmove 4 NONE", "memset 5 -7 NONE"),
                List.copyOf(calls));
    }

    @Test
    @DisplayName("a user's function that throws fails its operation and ends no worker")
    void throwingUserFunctionFailsItsOperation() {
        var next = new AtomicInteger();
        Throwable[] thrown = {new ArithmeticException("one"), new StackOverflowError(),
            new AssertionError("three"), new InternalError("four"),
            new IllegalStateException("five"), new OutOfMemoryError("six")};
        try (var own = ThreadsDataMover.builder().threads(1).memcpyFunction((to, from, flags) -> {
            int call = next.getAndIncrement();
            if (call < thrown.length) {
                ThreadsDataMoverTest.<RuntimeException>sneak(thrown[call]);
            }
            to.copyFrom(from);
        }).open()) {
            for (Throwable expected : thrown) {
                VdmFuture<VdmOutput> copy = own.memcpy(memory(8), memory(8));
                new FutureRuntime().waitFor(copy);
                assertEquals(expected instanceof OutOfMemoryError ? VdmResult.OUT_OF_MEMORY
                        : VdmResult.INTERNAL_ERROR, copy.result());
                assertEquals(expected, copy.failure().getCause());
            }
            own.memcpy(memory(8), memory(8)).await();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    @DisplayName("a waker may close the mover that calls it")
    void wakerMayCloseItsMover() throws Exception {
        var go = new CountDownLatch(1);
        var closing = ThreadsDataMover.builder()
                .threads(2)
                .memsetFunction((destination, value, flags) -> {
                    awaitUninterrupted(go);
                    destination.fill(value);
                })
                .open();
        var closed = new CountDownLatch(1);
        VdmFuture<VdmOutput> fill = closing.memset(MemorySegment.ofArray(new byte[8]), (byte) 1);
        fill.poll(Notifier.of(() -> {
            closing.close();
            closed.countDown();
        }));
        go.countDown();
        assertTrue(closed.await(60, TimeUnit.SECONDS),
                "close() waits for the worker that calls it");
        fill.busyPoll();
        assertEquals(VdmResult.SUCCESS, fill.result());
    }

    @Test
    void throwingWakerDoesNotEndAWorker() {
        var reported = new ConcurrentLinkedQueue<Throwable>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> reported.add(e));
        try (var one = gated().open()) {
            VdmFuture<VdmOutput> fill = one.memset(memory(8), (byte) 1);
            var broken = new IllegalStateException("broken waker");
            fill.poll(Notifier.of(() -> {
                throw broken;
            }));
            gate.countDown();
            fill.busyPoll();
            assertEquals(VdmResult.SUCCESS, fill.result());
            one.memset(memory(8), (byte) 2).await();
            assertEquals(Set.of(broken), Set.copyOf(reported));
        } finally {
            gate.countDown();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    // ---- lifetime

    @Test
    @DisplayName("a segment closed while its operation waits in the queue fails the operation")
    void closedSegmentFailsAQueuedOperation() {
        try (var one = gated().open()) {
            occupyWorker(one);
            VdmFuture<VdmOutput> queued;
            try (Arena brief = Arena.ofShared()) {
                queued = one.memmove(brief.allocate(32), memory(32));
                assertEquals(FutureState.RUNNING, queued.poll());
            }
            gate.countDown();
            queued.busyPoll();
            assertEquals(VdmResult.SEGMENT_UNUSABLE, queued.result());
            one.memmove(memory(8), memory(8)).await();
        } finally {
            gate.countDown();
        }
    }

    @Test
    @DisplayName("H23: close waits for queued operations, even of dropped futures, and ends the "
            + "threads")
    void closeWaitsForTheQueue() throws Exception {
        MemorySegment destination = memory(50);
        List<Thread> mine;
        var one = gated().queueSize(64).open();
        try {
            mine = workers();
            occupyWorker(one);
            for (int i = 0; i < 50; i++) {
                one.memset(destination.asSlice(i, 1), (byte) 5).poll(); // dropped at once
            }
            Thread closer = Thread.ofPlatform().start(one::close);
            while (!one.isClosed()) {
                Thread.onSpinWait();
            }
            VdmFuture<VdmOutput> late = mover().memset(memory(1), (byte) 1);
            late.await(); // A second mover is unaffected.
            assertTrue(closer.isAlive(), "closed with 50 operations in the queue");
            gate.countDown();
            closer.join();
        } finally {
            gate.countDown();
            one.close();
        }
        for (byte filled : bytes(destination)) {
            assertEquals(5, filled);
        }
        long alive = mine.stream().filter(Thread::isAlive).count();
        assertEquals(Runtime.getRuntime().availableProcessors(), alive,
                "the open mover's workers only");
    }

    @Test
    @DisplayName("H23: polls that race with close end with SUCCESS or CLOSED, and never hang")
    void pollsThatRaceWithCloseSucceedOrEndClosed() throws Exception {
        MemorySegment source = memory(512).fill((byte) 1);
        for (int round = 0; round < 200; round++) {
            var racing = ThreadsDataMover.builder().threads(2).queueSize(3).open();
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                copies.add(racing.memcpy(memory(512), source));
            }
            Thread closer = Thread.ofPlatform().start(racing::close);
            new FutureRuntime().waitAll(copies);
            closer.join();
            for (VdmFuture<VdmOutput> copy : copies) {
                boolean done = copy.result() == VdmResult.SUCCESS;
                assertTrue(done || copy.result() == VdmResult.CLOSED,
                        () -> copy.result().toString());
                assertEquals(done ? 1 : 0, copy.destination().get(JAVA_BYTE, 511));
            }
        }
    }

    @Test
    @DisplayName("close times out, names the stuck operation, and lets it end")
    void closeTimesOutAndNamesTheOperation() {
        var mover = gated().closeTimeout(Duration.ofMillis(20)).open();
        VdmFuture<VdmOutput> busy = occupyWorker(mover);
        var gaveUp = assertThrows(VdmException.class, mover::close);
        assertEquals(VdmResult.TIMEOUT, gaveUp.result());
        assertEquals(
                "threads (1) did not close within 0.02 s (closeTimeout): still executing: "
                        + "memset of 1 bytes, RUNNING",
                gaveUp.getMessage());
        mover.close();
        gate.countDown();
        busy.busyPoll();
        assertEquals(VdmResult.SUCCESS, busy.result());
        assertThrows(IllegalArgumentException.class,
                () -> ThreadsDataMover.builder().closeTimeout(Duration.ZERO));
    }

    @Test
    @DisplayName("idle workers sleep; the next operation wakes one")
    void idleWorkersSleep() {
        try (var idle =
                ThreadsDataMover.builder()
                        .threads(3)
                        .workerStrategy(new WorkerStrategy(10, 2))
                        .open()) {
            List<Thread> sleeping = new ArrayList<>(workers());
            for (int round = 0; round < 200; round++) {
                if (round % 20 == 0) {
                    for (Thread worker : sleeping) {
                        while (worker.isAlive() && worker.getState() != Thread.State.WAITING) {
                            Thread.onSpinWait();
                        }
                    }
                }
                if (round == 100) {
                    sleeping.forEach(Thread::interrupt); // An interrupt must not keep them awake.
                }
                idle.memset(memory(16), (byte) 1).await();
            }
        }
    }

    @Test
    @DisplayName("no hand-over is lost while workers fall asleep and operations arrive")
    void sleepingWorkersLoseNoHandOver() {
        try (var drowsy = ThreadsDataMover.builder()
                .threads(2)
                .queueSize(2)
                .workerStrategy(WorkerStrategy.PARK)
                .open()) {
            VdmOperation operation = drowsy.newOperation();
            MemorySegment destination = memory(8);
            for (int round = 0; round < 20_000; round++) {
                operation.memset(destination, (byte) round, VdmFlags.NONE).start();
                new FutureRuntime().waitFor(operation);
                assertEquals((byte) round, destination.get(JAVA_BYTE, 7));
                for (int i = round % 100; i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    @DisplayName("a running operation cannot be prepared again")
    void runningOperationCannotBePrepared() {
        try (var one = gated().open()) {
            MemorySegment destination = memory(8);
            VdmOperation operation =
                    one.newOperation().memset(destination, (byte) 1, VdmFlags.NONE).start();
            var refused = assertThrows(
                    IllegalStateException.class,
                    () -> operation.memset(memory(8), (byte) 2, VdmFlags.NONE));
            assertTrue(refused.getMessage().contains("RUNNING"), refused.getMessage());
            assertThrows(IllegalStateException.class, operation::again);
            assertThrows(IllegalStateException.class, operation::output);
            gate.countDown();
            operation.busyPoll();
            assertAll(
                    () -> assertEquals(destination,
                            ((VdmOutput) operation.output()).destination()),
                    () -> assertEquals(1, destination.get(JAVA_BYTE, 7)),
                    () -> assertNull(operation.failure()));
        } finally {
            gate.countDown();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
