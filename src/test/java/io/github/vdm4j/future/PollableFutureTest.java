package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.dml.DmlLibrary;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The states of a future, from idle to complete. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollableFutureTest {
    private static final int POLLS = 10;

    @Test
    @DisplayName("each poll executes one step, and the last step completes the future")
    void eachPollExecutesOneStep() {
        CountingFuture up = CountingFuture.sync(POLLS);
        for (int i = 0; i < POLLS; i++) {
            assertEquals(i == 0 ? FutureState.IDLE : FutureState.RUNNING, up.state());
            assertEquals(i, up.counter());
            assertEquals(0, up.result());
            assertFalse(up.isComplete());
            assertEquals(i == POLLS - 1 ? FutureState.COMPLETE : FutureState.RUNNING, up.poll());
        }
        assertEquals(POLLS, up.counter());
        assertEquals(1, up.output());
        assertNull(up.failure());
        assertTrue(up.isComplete());
    }

    @Test
    @DisplayName("polling a complete future does nothing")
    void pollOfACompleteFutureDoesNothing() {
        CountingFuture up = CountingFuture.sync(POLLS);
        up.busyPoll();
        assertEquals(FutureState.COMPLETE, up.poll());
        up.busyPoll();
        assertEquals(POLLS, up.counter());
        assertEquals(1, up.output());
    }

    @Test
    @DisplayName("a future that is complete from the start has an output or a failure, and no "
            + "property")
    void completeFutureHasAnOutputOrAFailure() {
        PollableFuture<Integer> six = PollableFuture.completed(2 * 3);
        assertEquals(FutureState.COMPLETE, six.state());
        six.busyPoll();
        assertEquals(FutureState.COMPLETE, six.poll());
        assertEquals(6, six.output());
        assertNull(six.failure());
        assertEquals(6, six.await());
        assertFalse(six.hasProperty(FutureProperty.ASYNC));
        assertFalse(six.cancel());
        assertNull(PollableFuture.completed(null).await());

        var broken = new IOException("no");
        PollableFuture<Integer> failed = PollableFuture.failed(broken);
        assertEquals(FutureState.COMPLETE, failed.state());
        assertSame(broken, failed.failure());
        assertNull(failed.output());
        assertThrows(NullPointerException.class, () -> PollableFuture.failed(null));
    }

    @Test
    @DisplayName("a poll of a complete future replaces the earlier answer to the notifier with "
            + "NONE")
    void pollOfACompleteFutureUsesNoNotification() {
        Notifier notifier = Notifier.of(() -> {});
        new SignalledFuture().poll(notifier);
        assertEquals(NotifierType.WAKER, notifier.used());
        PollableFuture.completed(1).poll(notifier);
        assertEquals(NotifierType.NONE, notifier.used());

        SignalledFuture done = new SignalledFuture();
        done.poll(notifier);
        done.signal();
        done.poll();
        notifier.usePoller(() -> true);
        assertEquals(FutureState.COMPLETE, done.poll(notifier));
        assertEquals(NotifierType.NONE, notifier.used());
        assertNull(notifier.poller());
    }

    @Test
    @DisplayName("the notifier that offers nothing keeps no answer, so all threads can share it")
    void emptyNotifierKeepsNoAnswer() {
        Notifier.none().useWaker();
        Notifier.none().usePoller(() -> true);
        assertEquals(NotifierType.NONE, Notifier.none().used());
        assertNull(Notifier.none().poller());
        assertNull(Notifier.none().waker());
        assertThrows(NullPointerException.class, () -> Notifier.of(null));
    }

    @Test
    @DisplayName("output and failure exist after the future is complete")
    void outputExistsAfterCompletion() {
        CountingFuture up = CountingFuture.sync(2);
        var idle = assertThrows(IllegalStateException.class, up::output);
        assertTrue(idle.getMessage().contains("IDLE"), idle.getMessage());
        up.poll();
        var running = assertThrows(IllegalStateException.class, up::failure);
        assertTrue(running.getMessage().contains("RUNNING"), running.getMessage());
    }

    @Test
    @DisplayName("a task that throws completes the future with its exception")
    void throwingTaskCompletesTheFuture() {
        var broken = new IllegalArgumentException("broken");
        PollableFuture<String> future = future((notifier, sink) -> {
            throw broken;
        });
        Notifier notifier = Notifier.of(() -> {});
        assertEquals(FutureState.COMPLETE, future.poll(notifier));
        assertEquals(NotifierType.NONE, notifier.used());
        assertSame(broken, future.failure());
        assertNull(future.output());
        assertSame(broken, assertThrows(IllegalArgumentException.class, future::await));
    }

    @Test
    @DisplayName("a task that returns no state fails, because it could never complete")
    void taskWithoutAStateFails() {
        PollableFuture<String> future = future((notifier, sink) -> null);
        assertEquals(FutureState.COMPLETE, future.poll());
        assertInstanceOf(NullPointerException.class, future.failure());
    }

    @Test
    @DisplayName("await throws unchecked failures directly and wraps checked failures")
    void awaitWrapsOnlyCheckedFailures() {
        var checked = new IOException("disk");
        var wrapped = assertThrows(FutureFailedException.class,
                () -> PollableFuture.failed(checked).await());
        assertSame(checked, wrapped.getCause());
        var error = new AssertionError("e");
        assertSame(error,
                assertThrows(AssertionError.class, () -> PollableFuture.failed(error).await()));
    }

    @Test
    @DisplayName("WrongThreadException is thrown on the polling thread, and the future is "
            + "unchanged")
    void wrongThreadExceptionKeepsTheFuture() {
        AtomicInteger calls = new AtomicInteger();
        PollableFuture<String> future = future((notifier, sink) -> {
            if (calls.incrementAndGet() <= 2) {
                throw new WrongThreadException("not here");
            }
            sink.output("done");
            return FutureState.COMPLETE;
        });
        assertThrows(WrongThreadException.class, future::poll);
        assertEquals(FutureState.IDLE, future.state());
        assertThrows(WrongThreadException.class,
                () -> new FutureRuntime().waitAll(List.of(future)));
        assertEquals(FutureState.IDLE, future.state());
        assertEquals("done", future.await());
    }

    @Test
    @DisplayName("a task that cannot start leaves the future idle, and cancel still works")
    void taskThatCannotStartKeepsTheFutureIdle() {
        PollableFuture<String> future = future((notifier, sink) -> FutureState.IDLE);
        assertEquals(FutureState.IDLE, future.poll());
        assertEquals(FutureState.IDLE, future.state());
        assertTrue(future.cancel());
        assertInstanceOf(CancellationException.class, future.failure());
    }

    @Test
    @DisplayName("H23: cancel ends an idle future without running it, and does not affect a "
            + "started future")
    void cancelEndsAnIdleFuture() {
        CountingFuture idle = CountingFuture.sync(1);
        assertTrue(idle.cancel());
        assertEquals(FutureState.COMPLETE, idle.poll());
        assertEquals(0, idle.counter());
        assertInstanceOf(CancellationException.class, idle.failure());
        assertThrows(CancellationException.class, idle::await);
        assertFalse(idle.cancel());

        CountingFuture started = CountingFuture.sync(2);
        started.poll();
        assertFalse(started.cancel());
        started.poll();
        assertEquals(1, started.output());
    }

    @Test
    @DisplayName("a task of the polling thread is not asynchronous")
    void taskIsNotAsynchronous() {
        PollTask<String> task = (notifier, sink) -> FutureState.COMPLETE;
        assertFalse(task.toFuture().hasProperty(FutureProperty.ASYNC));
    }

    @Test
    @DisplayName("H13: if several threads poll, a single thread executes the task and the rest "
            + "see RUNNING")
    void onlyOnePollingThreadExecutesTheTask() throws Exception {
        var inside = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        PollableFuture<String> future = future((notifier, sink) -> {
            runs.incrementAndGet();
            inside.countDown();
            awaitLatch(leave);
            sink.output("once");
            return FutureState.COMPLETE;
        });
        Thread first = Thread.ofPlatform().start(future::poll);
        awaitLatch(inside);
        Notifier notifier = Notifier.of(() -> {});
        notifier.useWaker();
        assertEquals(FutureState.RUNNING, future.state());
        assertEquals(FutureState.RUNNING, future.poll(notifier));
        assertEquals(NotifierType.NONE, notifier.used(), "this future uses no waker");
        assertFalse(future.cancel());
        leave.countDown();
        first.join();
        assertEquals(FutureState.COMPLETE, future.poll());
        assertEquals("once", future.output());
        assertEquals(1, runs.get());
    }

    @Test
    @DisplayName("H13: four polling threads neither lose nor repeat a step")
    void stepsAreNeitherLostNorRepeated() throws Exception {
        int steps = 200_000;
        CountingFuture future = CountingFuture.sync(steps); // Its plain counter shows every race.
        var failure = new AtomicReference<Throwable>();
        var barrier = new CyclicBarrier(4);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    barrier.await(10, TimeUnit.SECONDS);
                    future.busyPoll();
                    assertEquals(1, future.output());
                    assertEquals(steps, future.counter());
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertNull(failure.get());
    }

    @Test
    @DisplayName("cancel and the first poll exclude each other")
    void cancelAndTheFirstPollExcludeEachOther() throws Exception {
        for (int round = 0; round < 500; round++) {
            CountingFuture future = CountingFuture.sync(1);
            var barrier = new CyclicBarrier(2);
            Thread poller = Thread.ofVirtual().start(() -> {
                awaitBarrier(barrier);
                future.busyPoll();
            });
            awaitBarrier(barrier);
            boolean cancelled = future.cancel();
            poller.join();
            assertEquals(cancelled ? 0 : 1, future.counter());
            assertEquals(cancelled, future.failure() != null);
        }
    }

    /** A future that its driver resumes. Its polls promise no notification. */
    private static final class Resumed extends AbstractFuture<String> {
        private boolean detached;

        @Override
        protected FutureState advance(Notifier notifier) {
            notifier.useNone();
            if (detached) {
                return FutureState.RUNNING;
            }
            detached = true;
            detach();
            return null;
        }

        void resume() {
            resumeDetached();
        }

        @Override
        protected void completeWith(Throwable thrown) {}

        @Override
        public String output() {
            return null;
        }

        @Override
        public Throwable failure() {
            return null;
        }
    }

    @Test
    void resumedFutureKeepsItsPromise() {
        var future = new Resumed();
        var calls = new AtomicInteger();
        Notifier notifier = Notifier.of(calls::incrementAndGet);
        future.poll(notifier);
        assertSame(NotifierType.WAKER, notifier.used());
        future.resume();
        assertEquals(1, calls.get(), "the waiting thread has to poll");
        future.poll(notifier);
        assertSame(NotifierType.NONE, notifier.used());
    }

    private static PollableFuture<String> future(PollTask<String> task) {
        return task.toFuture();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitBarrier(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void busyPollFreesTheCarrierOfAVirtualThread() throws Exception {
        var done = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < 8 * Runtime.getRuntime().availableProcessors(); i++) {
                PollTask<Void> task = (notifier, sink) -> done.get() ? FutureState.COMPLETE
                        : FutureState.RUNNING;
                threads.add(Thread.startVirtualThread(() -> task.toFuture().busyPoll()));
            }
            threads.add(Thread.startVirtualThread(() -> done.set(true)));
            for (Thread each : threads) {
                assertTrue(each.join(Duration.ofSeconds(10)), each::toString);
            }
        } finally {
            done.set(true);
        }
    }

    @Test
    void cancelInFullHeapLosesNoFuture() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofSeconds(60),
                List.of("-Xmx8m", "-XX:+UseSerialGC", "-XX:-UseTLAB"), FullHeapCancels.class);
        assertTrue(child.output().contains(FullHeapCancels.WORKS), child::toString);
    }

    /** Classes of the JDK whose initialisation fails in a full heap stay unusable. */
    @Test
    void messageAfterAFullHeapIsComplete() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofSeconds(60),
                List.of("-Xmx8m", "-XX:+UseSerialGC", "-XX:-UseTLAB", "-Duser.language=de"),
                FullHeapMessages.class);
        assertEquals("io.github.vdm4j.VdmException: memset of 4,096 bytes failed: the mover was"
                + " closed [VDM-CLOSED]\n", child.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "software"})
    void closeInFullHeapEndsTheThreads(String mover) {
        assumeTrue(mover.equals("threads") || DmlLibrary.whyUnavailable().isEmpty(), "no DML here");
        ChildJvm child = ChildJvm.onClassPath(Duration.ofSeconds(60), List.of("-Xmx8m",
                "-XX:+UseSerialGC", "-XX:-UseTLAB", "--enable-native-access=ALL-UNNAMED"),
                FullHeapCloses.class, mover);
        assertTrue(child.output().contains(FullHeapCloses.WORKS), child::toString);
    }
}
