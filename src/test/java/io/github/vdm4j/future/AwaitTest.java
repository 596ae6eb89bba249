package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits that a timeout or an interrupt ends before their future. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AwaitTest {

    /** A future that gives no notification and never ends by itself. */
    private static PollableFuture<String> endless() {
        PollTask<String> task = (notifier, sink) -> FutureState.RUNNING;
        return task.toFuture();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void awaitTimesOutAndTheFutureContinues(boolean wakes) {
        var task = new SignalledFuture();
        PollableFuture<String> future = wakes ? task : endless();
        long start = System.nanoTime();
        var late = assertThrows(FutureTimeoutException.class,
                () -> future.await(Duration.ofMillis(20)));
        assertTrue(System.nanoTime() - start >= 20_000_000, "came back early");
        assertTrue(late.getMessage().startsWith("not complete after PT0.02S: "), late.getMessage());
        assertTrue(late.getMessage()
                .endsWith(
                        ". The future continues. Await it again, or pass a longer timeout "
                                + "[VDM-WAIT-TIMEOUT]"),
                late.getMessage());
        assertSame(FutureState.RUNNING, future.state());
        task.signal();
        assertEquals("signalled", task.await(Duration.ofDays(365_000)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void awaitWithoutTimePollsOnce(long seconds) {
        Duration timeout = Duration.ofSeconds(seconds);
        assertEquals(1, CountingFuture.sync(1).await(timeout));
        CountingFuture two = CountingFuture.sync(2);
        assertThrows(FutureTimeoutException.class, () -> two.await(timeout));
        assertEquals(1, two.counter());
        assertEquals(1, two.await(timeout));
    }

    @Test
    void waitForManyFuturesTimesOut() {
        var done = CountingFuture.sync(3);
        var pending = new SignalledFuture();
        var runtime = new FutureRuntime();
        assertFalse(runtime.waitAll(List.of(pending, done), Duration.ofMillis(5)));
        assertTrue(done.isComplete());
        assertFalse(pending.isComplete());
        pending.signal();
        assertTrue(runtime.waitAll(List.of(pending, done), Duration.ofMinutes(1)));
        assertTrue(runtime.waitAll(List.of(), Duration.ZERO));
    }

    @Test
    void wakeUpAfterTheTimeoutHasNoEffect() {
        var task = new SignalledFuture();
        assertThrows(FutureTimeoutException.class, () -> task.await(Duration.ofMillis(1)));
        task.wakeForNothing();
        task.wakeForNothing();
        assertThrows(FutureTimeoutException.class, () -> task.await(Duration.ofMillis(1)));
        task.signal();
        assertEquals("signalled", task.await());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void interruptibleWaitEndsOnInterrupt(boolean wakes) throws Exception {
        PollableFuture<String> future = wakes ? new SignalledFuture() : endless();
        var thrown = new AtomicReference<Throwable>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                future.awaitInterruptibly();
            } catch (Throwable e) {
                thrown.set(e);
                if (Thread.currentThread().isInterrupted()) {
                    thrown.set(new AssertionError("the status was not cleared"));
                }
            }
        });
        while (waiter.getState() != (wakes ? Thread.State.WAITING : Thread.State.TIMED_WAITING)) {
            Thread.onSpinWait();
        }
        waiter.interrupt();
        waiter.join();
        assertSame(InterruptedException.class, thrown.get().getClass());
        assertSame(FutureState.RUNNING, future.state());
    }

    @Test
    void interruptedThreadDoesNotBeginTheWait() {
        var task = CountingFuture.sync(1);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, task::awaitInterruptibly);
        assertFalse(Thread.interrupted());
        assertSame(FutureState.IDLE, task.state());
    }

    @Test
    void awaitReturnsTheOutputBeforeAnInterrupt() throws Exception {
        assertEquals(1, CountingFuture.sync(5).awaitInterruptibly());
        var selfInterrupting = new CountingFuture(2, false, Thread.currentThread()::interrupt);
        assertEquals(1, selfInterrupting.awaitInterruptibly());
        assertTrue(Thread.interrupted(), "the interruption was lost");
    }
}
