package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.machine.LibraryThread;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits for the first of several futures. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitAnyTest {
    private final FutureRuntime runtime = new FutureRuntime();

    @Test
    void returnsTheFutureThatCompletes() {
        List<CountingFuture> futures = List.of(CountingFuture.sync(9), CountingFuture.sync(3),
                CountingFuture.sync(5));
        CountingFuture first = runtime.waitAny(futures);
        assertSame(futures.get(1), first);
        assertEquals(3, futures.get(0).counter());
        assertFalse(futures.get(2).isComplete());
    }

    @Test
    void firstOfCompleteFuturesIsReturned() {
        var failed = PollableFuture.<Integer>failed(new IllegalArgumentException("on purpose"));
        var running = CountingFuture.sync(9);
        assertSame(failed,
                runtime.waitAny(List.of(running, failed, PollableFuture.completed(1))));
        assertEquals(1, running.counter(), "every future is started");
    }

    @Test
    void sleepsUntilAFutureSignals() throws Exception {
        var futures = List.of(new SignalledFuture(), new SignalledFuture(), new SignalledFuture());
        var returned = new AtomicReference<SignalledFuture>();
        Thread waiter = Thread.ofPlatform().start(() -> returned.set(runtime.waitAny(futures)));
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        waiter.interrupt(); // does not end the wait
        futures.get(2).signal();
        waiter.join();
        assertSame(futures.get(2), returned.get());
        futures.forEach(SignalledFuture::signal); // late wake-ups have no effect
        runtime.waitAll(futures);
    }

    @Test
    void interruptIsKept() {
        Thread.currentThread().interrupt();
        runtime.waitAny(List.of(CountingFuture.sync(20), CountingFuture.sync(30)));
        assertTrue(Thread.interrupted());
    }

    @Test
    void timesOutAndCanBeCalledAgain() {
        var futures = List.of(new SignalledFuture(), new SignalledFuture());
        assertNull(runtime.waitAny(futures, Duration.ofMillis(5)));
        assertNull(runtime.waitAny(futures, Duration.ofSeconds(-1)));
        futures.get(1).signal();
        assertSame(futures.get(1), runtime.waitAny(futures, Duration.ofDays(1)));
    }

    @Test
    void refusesNothingAndNull() {
        var thrown = assertThrows(IllegalArgumentException.class,
                () -> runtime.waitAny(List.<CountingFuture>of()));
        assertEquals("waitAny of no futures would wait for ever. Pass at least one future"
                + " [VDM-ENDLESS-WAIT]",
                thrown.getMessage());
        var future = CountingFuture.sync(1);
        assertThrows(NullPointerException.class,
                () -> runtime.waitAny(Arrays.asList(future, null)));
        assertEquals(0, future.counter());
    }

    @Test
    void throwsOnALibraryThread() throws Exception {
        var thrown = new AtomicReference<Throwable>();
        Thread library = new LibraryThread("vdm4j-test", () -> {
            try {
                runtime.waitAny(List.of(new SignalledFuture()));
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        });
        library.start();
        library.join();
        assertTrue(thrown.get().getMessage().startsWith("await on the library's thread vdm4j-test"),
                thrown.get().getMessage());
    }
}
