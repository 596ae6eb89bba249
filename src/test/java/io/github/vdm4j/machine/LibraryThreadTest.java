package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LibraryThreadTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final CountDownLatch woken = new CountDownLatch(200);
    private final AtomicBoolean mayWake = new AtomicBoolean();

    private List<Thread> parkedThreads(int count, boolean virtual) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Runnable wait = () -> {
                while (!mayWake.get()) {
                    LockSupport.park(this);
                }
                woken.countDown();
            };
            threads.add(virtual ? Thread.startVirtualThread(wait)
                    : Thread.ofPlatform().daemon().start(wait));
        }
        for (Thread each : threads) {
            while (each.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        return threads;
    }

    private static void onLibraryThread(Runnable task) throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var thread = new LibraryThread("test", task);
        thread.setUncaughtExceptionHandler((ended, thrown) -> failure.set(thrown));
        thread.start();
        assertTrue(thread.join(LONG));
        if (failure.get() instanceof Error e) {
            throw e;
        }
    }

    private static boolean allEnd(List<Thread> threads) throws InterruptedException {
        for (Thread each : threads) {
            if (!each.join(LONG)) {
                return false;
            }
        }
        return true;
    }

    /** Sizes around the limits of the list of threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 63, 64, 65, 200})
    void virtualThreadsWakeTogether(int count) throws InterruptedException {
        List<Thread> threads = parkedThreads(count, true);
        onLibraryThread(() -> {
            mayWake.set(true);
            LibraryThread.unparkTogether(() -> threads.forEach(LibraryThread::unpark));
        });
        assertTrue(allEnd(threads));
    }

    @Test
    void virtualThreadsWakeAfterTheWorkHasThrown() throws InterruptedException {
        List<Thread> threads = parkedThreads(5, true);
        var thrown = new AtomicReference<Throwable>();
        onLibraryThread(() -> {
            mayWake.set(true);
            try {
                LibraryThread.unparkTogether(() -> {
                    threads.forEach(LibraryThread::unpark);
                    throw new IllegalStateException("planned");
                });
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        });
        assertEquals("planned", thrown.get().getMessage());
        assertTrue(allEnd(threads));
    }

    @Test
    void platformThreadsWakeDuringTheWork() throws InterruptedException {
        List<Thread> threads = parkedThreads(2, false);
        var inTime = new AtomicBoolean();
        onLibraryThread(() -> {
            mayWake.set(true);
            LibraryThread.unparkTogether(() -> {
                threads.forEach(LibraryThread::unpark);
                try {
                    inTime.set(allEnd(threads));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        });
        assertTrue(inTime.get());
    }

    @Test
    void otherThreadsUnparkAtOnce() throws InterruptedException {
        List<Thread> threads = parkedThreads(5, true);
        mayWake.set(true);
        LibraryThread.unparkTogether(() -> {
            threads.forEach(LibraryThread::unpark);
            try {
                assertTrue(allEnd(threads));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(195, woken.getCount());
    }
}
