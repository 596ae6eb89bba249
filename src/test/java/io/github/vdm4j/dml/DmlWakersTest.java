package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Waker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Operations in flight on hardware wake their waiters")
class DmlWakersTest extends AgainstSimulatedDml {
    private static final String THREAD = "vdm4j-dml-completions";

    private static List<Thread> pollers() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().equals(THREAD))
                .toList();
    }

    @Test
    void wakerIsCalledAfterTheDeviceEnds() throws InterruptedException {
        DmlDataMover mover = hardware();
        dml.next(Plan.hold());
        var replaced = new AtomicInteger();
        var woken = new CountDownLatch(1);
        MemorySegment source = noise(64);
        VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), source);
        for (Waker waker : List.<Waker>of(replaced::incrementAndGet, woken::countDown)) {
            Notifier notifier = Notifier.of(waker);
            do { // A poll during a poll of the completion thread promises nothing.
                assertSame(FutureState.RUNNING, copy.poll(notifier));
            } while (notifier.used() != NotifierType.WAKER);
        }
        assertEquals(1, woken.getCount());
        dml.releaseAll();
        assertTrue(woken.await(20, TimeUnit.SECONDS));
        assertSame(FutureState.COMPLETE, copy.poll());
        assertEquals(0, replaced.get(), "a later poll of the same thread replaces the earlier one");
        assertEquals(-1, copy.destination().mismatch(source));
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void waitingThreadSleeps() throws InterruptedException {
        DmlDataMover mover = hardware();
        dml.always(Plan.hold());
        List<VdmFuture<VdmOutput>> fills = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            fills.add(mover.memset(zeros(64), (byte) i));
        }
        Thread waiter = Thread.ofPlatform().start(() -> new FutureRuntime().waitAll(fills));
        while (waiter.getState() != Thread.State.WAITING) { // not TIMED_WAITING
            Thread.onSpinWait();
        }
        dml.releaseAll();
        waiter.join();
        for (VdmFuture<VdmOutput> fill : fills) {
            assertSame(VdmResult.SUCCESS, fill.result());
        }
    }

    @Test
    void pollsAloneStartNoThread() {
        List<Thread> before = pollers();
        DmlDataMover mover = hardware();
        for (int i = 0; i < 100; i++) {
            finish(mover.memset(zeros(64), (byte) i));
        }
        List<Thread> started = new ArrayList<>(pollers());
        started.removeAll(before); // Threads of earlier movers may have ended meanwhile.
        assertEquals(List.of(), started);
    }

    @Test
    void idlePollerSleepsAndEndsWithTheMover() throws InterruptedException {
        for (Thread earlier : pollers()) {
            earlier.join(20_000);
        }
        DmlDataMover mover = hardware();
        for (int round = 0; round < 3; round++) {
            dml.always(Plan.hold());
            VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) 1);
            assertSame(FutureState.RUNNING, fill.poll(Notifier.of(() -> {})));
            assertEquals(1, pollers().size());
            Thread poller = pollers().getFirst();
            assertTrue(poller.isDaemon());
            dml.releaseAll();
            // No other thread polls it. The state alone proves nothing, because a woken thread that
            // has not run yet is still WAITING.
            while (fill.state() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
            while (poller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            poller.interrupt(); // An interrupt must not keep it awake.
        }
        Thread poller = pollers().getFirst();
        mover.close();
        poller.join(20_000);
        assertEquals(Thread.State.TERMINATED, poller.getState());
    }

    @Test
    void pollerSleepsBetweenPollsOfALongOperation() throws InterruptedException {
        for (Thread earlier : pollers()) {
            earlier.join(20_000);
        }
        DmlDataMover mover = hardware();
        dml.next(Plan.hold());
        VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) 1);
        for (int i = 0; i < 10_000; i++) {
            assertSame(FutureState.RUNNING, fill.poll(Notifier.of(() -> {})));
        }
        Thread poller = pollers().getFirst();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (poller.getState() != Thread.State.TIMED_WAITING) {
            assertTrue(System.nanoTime() < deadline, "the poller polls without a pause");
            Thread.onSpinWait();
        }
        dml.releaseAll();
        finish(fill).orThrow();
    }

    @Test
    void confinedOperationIsPolledByItsThread() {
        DmlDataMover mover = hardware();
        dml.next(Plan.hold());
        try (Arena confined = Arena.ofConfined()) {
            Notifier notifier = Notifier.of(() -> {});
            VdmFuture<VdmOutput> fill = mover.memset(dml.allow(confined.allocate(64)), (byte) 1);
            assertSame(FutureState.RUNNING, fill.poll(notifier));
            assertSame(NotifierType.NONE, notifier.used());
            dml.releaseAll();
            finish(fill).orThrow();
        }
    }

    @Test
    void longOperationsCompletePartByPart() {
        dml.withHardware();
        DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
        MemorySegment memory = noise(2_000);
        byte[] expected = bytes(memory.asSlice(0, 1_000));
        mover.memmove(memory.asSlice(10, 1_000), memory.asSlice(0, 1_000)).await();
        assertEquals(-1, memory.asSlice(10, 1_000).mismatch(MemorySegment.ofArray(expected)));
        assertEquals(16, dml.submissions().size());
    }

    @Test
    void completableFutureCompletesWithoutAWaiter() {
        DmlDataMover mover = hardware();
        dml.next(Plan.hold());
        CompletableFuture<?> completion = mover.memset(zeros(64), (byte) 1).toCompletableFuture();
        assertTrue(completion.cancel(true));
        assertEquals(1, mover.slotsInUse());
        dml.releaseAll();
        while (mover.slotsInUse() > 0) { // The poller completes it without a waiter.
            Thread.onSpinWait();
        }
    }

    @Test
    void closeTimesOutAndWakesWaiters() throws InterruptedException {
        dml.withHardware();
        DmlDataMover mover = builder(DmlPath.HARDWARE).closeTimeout(Duration.ofMillis(20)).open();
        dml.next(Plan.hold());
        var woken = new CountDownLatch(1);
        VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64), VdmFlags.NONE);
        copy.poll(Notifier.of(woken::countDown));
        var gaveUp = assertThrows(VdmException.class, mover::close);
        assertSame(VdmResult.TIMEOUT, gaveUp.result());
        assertTrue(gaveUp.getMessage().contains("memcpy of 64 bytes, RUNNING"),
                gaveUp.getMessage());
        assertTrue(woken.await(20, TimeUnit.SECONDS));
        assertTrue(mover.nativeBytes() > 0);
        assertEquals(1, dml.liveJobs(), "it was not finalised");
        Notifier notifier = Notifier.of(() -> {});
        assertSame(FutureState.RUNNING, copy.poll(notifier));
        assertSame(NotifierType.NONE, notifier.used());
        dml.releaseAll();
        finish(copy).orThrow();
        dml.abandonJobsInFlight();
    }

    @Test
    void manyThreadsLoseNoCompletion() throws InterruptedException {
        dml.withHardware();
        DmlDataMover mover = open(builder(DmlPath.HARDWARE).slots(64));
        dml.always(submission -> Plan.succeed().afterChecks((int) (submission.length() % 50)));
        var failure = new AtomicReference<Throwable>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            MemorySegment source = noise(256);
            MemorySegment destination = zeros(256);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int round = 0; round < 1_000; round++) {
                        int length = 1 + round % 256;
                        VdmFuture<VdmOutput> copy = mover.memcpy(destination.asSlice(0, length),
                                source.asSlice(0, length));
                        if (round % 2 == 0) {
                            copy.await();
                        } else {
                            copy.toCompletableFuture().join();
                        }
                        assertEquals(-1, copy.destination().mismatch(source.asSlice(0, length)));
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
}
