package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Operation;
import io.github.vdm4j.UncaughtExceptions;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short operations that a worker takes together. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerBatchTest {
    private final CountDownLatch gate = new CountDownLatch(1);
    private NumberedWorkers workers;

    @AfterEach
    void stop() {
        gate.countDown();
        if (workers != null) {
            assertEquals(List.of(), workers.stop(TimeUnit.SECONDS.toNanos(30)));
        }
    }

    private void start(int threads, int queueSize, WorkerStrategy strategy, IntConsumer work) {
        workers = new NumberedWorkers("worker-batch-test", threads, queueSize, strategy, work);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets a worker take its first operations while these operations wait. */
    private List<Integer> batchOf(int threads, int... waiting) throws InterruptedException {
        var atWork = new CountDownLatch(threads);
        var pastGate = new CountDownLatch(1);
        var begun = new ConcurrentLinkedQueue<Integer>();
        start(threads, 200, WorkerStrategy.PARK, element -> {
            if (element < threads) {
                atWork.countDown();
                await(gate);
            } else {
                begun.add(element);
                await(pastGate);
            }
        });
        for (int i = 0; i < threads; i++) {
            workers.offer(i);
        }
        atWork.await();
        List<Operation<?>> operations = new ArrayList<>();
        for (int number : waiting) {
            operations.add(workers.operation(number));
            workers.offer(operations.getLast());
        }
        gate.countDown();
        while (begun.size() < Math.min(threads, waiting.length)) {
            Thread.onSpinWait();
        }
        List<Integer> taken = operations.stream()
                .filter(each -> !workers.remove(each))
                .map(each -> (int) each.pattern())
                .toList();
        pastGate.countDown();
        return taken;
    }

    @Test
    void workerTakesShortOperationsTogether() throws InterruptedException {
        assertEquals(List.of(1_000, 1_001, 1_002), batchOf(1, 1_000, 1_001, 1_002, 500, 1_003));
    }

    @Test
    void workerTakesAnyOtherOperationSingly() throws InterruptedException {
        assertEquals(List.of(500), batchOf(1, 500, 1_000, 1_001));
    }

    @Test
    void workerTakesABoundedNumber() throws InterruptedException {
        assertEquals(64, batchOf(1, IntStream.range(1_000, 1_100).toArray()).size());
    }

    @Test
    void workersShareShortOperations() throws InterruptedException {
        int taken = batchOf(2, IntStream.range(1_000, 1_008).toArray()).size();
        assertEquals(4 + 2, taken, "half of eight, and then half of four");
    }

    @Test
    void batchContinuesAfterAThrowable() throws InterruptedException {
        try (var handler = new UncaughtExceptions()) {
            var atWork = new CountDownLatch(1);
            var done = new ConcurrentLinkedQueue<Integer>();
            start(1, 8, WorkerStrategy.PARK, element -> {
                atWork.countDown();
                await(gate);
                done.add(element);
                if (element > 0) {
                    throw new StackOverflowError("injected");
                }
            });
            workers.offer(0);
            atWork.await();
            for (int i = 1_000; i < 1_003; i++) {
                workers.offer(i);
            }
            gate.countDown();
            while (done.size() < 4) {
                Thread.onSpinWait();
            }
            assertEquals(List.of(0, 1_000, 1_001, 1_002), List.copyOf(done));
            while (handler.list().size() < 3) {
                Thread.onSpinWait();
            }
        }
    }

    /** The worker has taken both operations, and executes them after the call of stop. */
    @Test
    void stopSeesTheRestOfABatch() throws InterruptedException {
        var atWork = new CountDownLatch(1);
        var begun = new Semaphore(0);
        var mayEnd = new Semaphore(0);
        start(1, 8, WorkerStrategy.PARK, element -> {
            atWork.countDown();
            await(gate);
            if (element >= NumberedWorkers.SHORT) {
                begun.release();
                mayEnd.acquireUninterruptibly();
            }
        });
        workers.offer(0);
        atWork.await();
        workers.offer(1_000);
        workers.offer(1_001);
        gate.countDown();
        begun.acquire();
        assertEquals(Set.of(1_000, 1_001), Set.copyOf(workers.stop(10_000_000)));
        mayEnd.release();
        begun.acquire();
        assertEquals(List.of(1_001), workers.stop(10_000_000));
        mayEnd.release();
    }

    @Test
    void blockingWakerDelaysNoOperationOfItsBatch() throws Exception {
        try (var mover = ThreadsDataMover.builder().threads(1).open()) {
            var atWork = new CountDownLatch(1);
            fill(mover).poll(Notifier.of(() -> {
                atWork.countDown();
                await(gate);
            }));
            await(atWork);
            VdmFuture<?> first = fill(mover);
            VdmFuture<?> last = fill(mover);
            var lastCompleted = new CompletableFuture<Boolean>();
            first.poll(Notifier.of(() -> {
                CompletableFuture<?> end = last.toCompletableFuture(Runnable::run);
                end.completeOnTimeout(null, 20, TimeUnit.SECONDS);
                end.join();
                lastCompleted.complete(last.isComplete());
            }));
            last.poll();
            gate.countDown();
            assertTrue(lastCompleted.get());
        }
    }

    private static VdmFuture<?> fill(ThreadsDataMover mover) {
        return mover.memset(MemorySegment.ofArray(new byte[8]), (byte) 1);
    }
}
