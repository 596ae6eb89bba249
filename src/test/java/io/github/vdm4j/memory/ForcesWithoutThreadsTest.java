package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.machine.ThreadStarts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Forces of a process that cannot start threads")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForcesWithoutThreadsTest {
    private final WriteBackLog log = new WriteBackLog();
    private final AtomicInteger refusals = new AtomicInteger();
    private @TempDir Path folder;
    private OffHeapBuffer first;
    private OffHeapBuffer second;

    private volatile int threadsToStart;
    private volatile Runnable beforeRefusal = () -> {};

    @BeforeEach
    void install() throws IOException {
        first = OffHeapBuffer.map(folder.resolve("first"), 0, 4_096);
        second = OffHeapBuffer.map(folder.resolve("second"), 0, 4_096);
        awaitIdleThreads();
        Seam.install(new ThreadStarts(this::start));
    }

    @AfterEach
    void remove() {
        Seam.install(null);
        first.close();
        second.close();
    }

    private static List<Thread> forceThreads() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().equals("vdm4j-force"))
                .toList();
    }

    private static void awaitIdleThreads() {
        for (Thread thread : forceThreads()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void start(Thread thread) {
        if (threadsToStart-- <= 0) {
            beforeRefusal.run();
            refusals.incrementAndGet();
            throw new OutOfMemoryError("no further thread");
        }
    }

    /** Adds a request, and starts a leader if the file has none. */
    private void submit(OffHeapBuffer file, Runnable whenForced) {
        var forces = new Forces(log.engines(false));
        forces.add(null, file.segment());
        forces.submit(null, (operation, ended) -> whenForced.run(), false);
    }

    @Test
    void callerForcesIfNoThreadCanStart() {
        var forcedBy = new ConcurrentLinkedQueue<Thread>();
        log.storage(range -> forcedBy.add(Thread.currentThread()));
        var ended = new CountDownLatch(2);
        submit(first, ended::countDown);
        submit(second, ended::countDown);
        assertEquals(List.of(Thread.currentThread(), Thread.currentThread()),
                List.copyOf(forcedBy));
        assertEquals(0, ended.getCount());
    }

    /** Both callers ask for a thread before the system refuses the first one. */
    @Test
    void noFileIsStrandedIfCallersMeet() throws Exception {
        var bothAsk = new CyclicBarrier(2);
        var ended = new CountDownLatch(2);
        beforeRefusal = () -> {
            try {
                bothAsk.await(200, TimeUnit.MILLISECONDS);
            } catch (Exception e) {
                // One caller asks for both.
            }
        };
        try (var callers = Executors.newFixedThreadPool(2)) {
            List<Future<?>> calls = List.of(
                    callers.submit(() -> submit(first, ended::countDown)),
                    callers.submit(() -> submit(second, ended::countDown)));
            for (Future<?> call : calls) {
                call.get();
            }
        }
        assertTrue(ended.await(0, TimeUnit.SECONDS), () -> ended.getCount() + " left");
    }

    /** Each force adds a request. Therefore the file always needs a leader. */
    @Test
    void callerReturnsWhenAThreadStarts() throws Exception {
        var left = new AtomicInteger(100);
        var ended = new CountDownLatch(100);
        log.storage(range -> {
            if (left.getAndDecrement() > 1) {
                submit(first, ended::countDown);
            }
            if (left.get() == 90) {
                threadsToStart = 1;
            }
        });
        submit(first, ended::countDown);
        assertTrue(left.get() <= 90, () -> left + " left");
        assertEquals(10, refusals.get(), "the caller leads one group after each refusal");
        assertTrue(ended.await(30, TimeUnit.SECONDS), () -> ended.getCount() + " left");
    }

    @Test
    void oneThreadServesAllFiles() throws Exception {
        threadsToStart = 1;
        var bothWait = new CountDownLatch(1);
        var ended = new CountDownLatch(2);
        log.storage(range -> {
            try {
                assertTrue(bothWait.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        submit(first, ended::countDown);
        submit(second, ended::countDown);
        bothWait.countDown();
        assertTrue(ended.await(30, TimeUnit.SECONDS), () -> ended.getCount() + " left");
        assertTrue(refusals.get() <= 2, () -> refusals + " refusals");
        assertEquals(1, forceThreads().size());
    }
}
