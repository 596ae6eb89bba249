package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.UncaughtExceptions;
import io.github.vdm4j.future.WorkerStrategy;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sleep, the wake-up and the end of workers of a list. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
    private static final String NAME = "workers-test";

    private final CountDownLatch gate = new CountDownLatch(1);
    private NumberedWorkers workers;

    @AfterEach
    void stop() {
        gate.countDown();
        assertEquals(List.of(), workers.stop(TimeUnit.SECONDS.toNanos(30)));
        assertEquals(List.of(), threads());
    }

    private void start(int threads, int queueSize, WorkerStrategy strategy,
            IntConsumer work) {
        workers = new NumberedWorkers(NAME, threads, queueSize, strategy, work);
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().startsWith(NAME + "-"))
                .toList();
    }

    private static void awaitSleep() {
        for (Thread thread : threads()) {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<WorkerStrategy> strategies() {
        return Stream.of(WorkerStrategy.SPIN, WorkerStrategy.BALANCED, WorkerStrategy.PARK);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void idleWorkersSleepAndUseNoProcessorTime(WorkerStrategy strategy) {
        var done = new AtomicInteger();
        start(2, 4, strategy, element -> done.incrementAndGet());
        for (int i = 0; i < 3; i++) {
            assertTrue(workers.offer(i));
        }
        while (done.get() < 3) {
            Thread.onSpinWait();
        }
        awaitSleep();
        var times = ManagementFactory.getThreadMXBean();
        List<Thread> all = threads();
        assertEquals(2, all.size());
        long before =
                all.stream().mapToLong(thread -> times.getThreadCpuTime(thread.threadId())).sum();
        LockSupport.parkNanos(100_000_000);
        long used =
                all.stream().mapToLong(thread -> times.getThreadCpuTime(thread.threadId())).sum()
                        - before;
        assertTrue(used < 1_000_000, used + " ns of processor time in 100 ms of idleness");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void burstWakesAsManyWorkersAsItNeeds(boolean asleep) {
        var together = new CyclicBarrier(3);
        var met = new AtomicInteger();
        start(3, 8, WorkerStrategy.PARK, element -> {
            try {
                together.await(20, TimeUnit.SECONDS);
                met.incrementAndGet();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        for (int round = 1; round <= 300; round++) {
            if (asleep) {
                awaitSleep();
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(workers.offer(i));
            }
            while (met.get() < 3 * round) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyOperationIsExecutedOnce(int threads) throws InterruptedException {
        int producers = 2;
        int each = 20_000;
        var times = new AtomicInteger[producers * each];
        for (int i = 0; i < times.length; i++) {
            times[i] = new AtomicInteger();
        }
        var done = new AtomicInteger();
        start(threads, 100, WorkerStrategy.PARK, element -> {
            times[element].incrementAndGet();
            done.incrementAndGet();
        });
        List<Thread> running = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int first = p * each;
            running.add(Thread.ofPlatform().start(() -> {
                for (int i = first; i < first + each; i++) {
                    while (!workers.offer(i)) {
                        Thread.yield();
                    }
                    if (i % 64 == 0) {
                        int handed = i;
                        // The pause sometimes lets workers fall asleep.
                        while (times[handed].get() == 0) {
                            Thread.onSpinWait();
                        }
                    }
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        while (done.get() < times.length) {
            Thread.onSpinWait();
        }
        for (AtomicInteger count : times) {
            assertEquals(1, count.get());
        }
    }

    @Test
    void threadsBeginWithTheStart() {
        var started = new Workers(NAME, 2, WorkerStrategy.PARK, work -> false, work -> {});
        assertEquals(List.of(), threads());
        started.start();
        assertEquals(2, threads().size());
        assertEquals(Set.of(), started.stop(System.nanoTime() + TimeUnit.SECONDS.toNanos(30)));
        start(1, 1, WorkerStrategy.PARK, number -> {});
    }

    @Test
    void waitingOperationCanBeRemoved() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var done = new ConcurrentLinkedQueue<Integer>();
        start(1, 8, WorkerStrategy.PARK, element -> {
            begun.countDown();
            awaitGate();
            done.add(element);
        });
        var first = workers.operation(1);
        var second = workers.operation(2);
        var third = workers.operation(3);
        assertTrue(workers.offer(first));
        begun.await();
        assertTrue(workers.offer(second));
        assertTrue(workers.offer(third));
        assertFalse(workers.remove(first), "it has begun");
        assertTrue(workers.remove(second));
        assertFalse(workers.remove(second), "not twice");
        gate.countDown();
        assertEquals(List.of(), workers.stop(Long.MAX_VALUE));
        assertEquals(List.of(1, 3), List.copyOf(done));
    }

    @Test
    void stopReturnsTheStuckOperation() {
        var at = new CountDownLatch(1);
        var done = new ConcurrentLinkedQueue<Integer>();
        start(1, 4, WorkerStrategy.PARK, element -> {
            at.countDown();
            awaitGate();
            done.add(element);
        });
        workers.offer(7);
        workers.offer(8);
        try {
            assertTrue(at.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertEquals(List.of(7), workers.stop(10_000_000));
        assertFalse(workers.offer(9), "nothing new");
        gate.countDown();
        while (!threads().isEmpty()) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(7, 8), List.copyOf(done));
    }

    @Test
    void stopWaitsThroughAnInterrupt() {
        var done = new AtomicInteger();
        start(2, 4, WorkerStrategy.BALANCED, element -> {
            LockSupport.parkNanos(5_000_000);
            done.incrementAndGet();
        });
        workers.offer(1);
        workers.offer(2);
        Thread.currentThread().interrupt();
        assertEquals(List.of(), workers.stop(Long.MAX_VALUE));
        assertTrue(Thread.interrupted());
        assertEquals(2, done.get());
    }

    /** Both workers take an element of each round, because an element waits for the other. */
    @Test
    void workersSurviveThrowablesOfTheWork() {
        int rounds = 100;
        try (var handler = new UncaughtExceptions()) {
            var threads = new ConcurrentLinkedQueue<Thread>();
            var together = new CyclicBarrier(2);
            start(2, 8, WorkerStrategy.PARK, element -> {
                try {
                    together.await(20, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                threads.add(Thread.currentThread());
                if (element == 1) {
                    throw new StackOverflowError("injected");
                }
            });
            Set<Thread> before = Set.copyOf(threads());
            for (int i = 1; i <= rounds; i++) {
                workers.offer(0);
                workers.offer(1);
                while (threads.size() < 2 * i) {
                    Thread.onSpinWait();
                }
            }
            awaitSleep();
            assertEquals(2, before.size());
            assertEquals(before, Set.copyOf(threads()));
            for (Thread thread : before) {
                assertEquals(rounds, threads.stream().filter(thread::equals).count());
            }
            assertEquals(rounds, handler.list().size());
            assertTrue(handler.list().stream().allMatch(StackOverflowError.class::isInstance));
        }
    }
}
