package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.FutureTimeoutException;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that execute short operations while they await an operation of busy workers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HelpingThreadTest {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final ThreadsDataMover mover = ThreadsDataMover.builder().threads(1).open();

    @AfterEach
    void close() {
        gate.countDown();
        mover.close();
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private VdmFuture<?> fill(int bytes) {
        return mover.memset(MemorySegment.ofArray(new byte[bytes]), (byte) 1);
    }

    /** Occupies the only worker until the gate opens. */
    private void occupyWorker() {
        var occupied = new CountDownLatch(1);
        fill(8).poll(Notifier.of(() -> {
            occupied.countDown();
            pass(gate);
        }));
        pass(occupied);
    }

    private static void awaitSleep(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void awaitExecutesItsShortOperation() {
        occupyWorker();
        byte[] bytes = new byte[4_096];
        mover.memset(MemorySegment.ofArray(bytes), (byte) 5).await();
        assertEquals(5, bytes[4_095]);
    }

    @Test
    void awaitExecutesEarlierShortOperations() {
        occupyWorker();
        List<VdmFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(fill(64));
            all.getLast().poll();
        }
        all.getLast().await();
        assertTrue(all.stream().allMatch(VdmFuture::isComplete));
    }

    @Test
    void workerRunsTheCallbacks() throws Exception {
        occupyWorker();
        var waker = new CompletableFuture<Thread>();
        VdmFuture<?> earlier = fill(64);
        earlier.poll(Notifier.of(() -> waker.complete(Thread.currentThread())));
        CompletableFuture<?> inline = fill(64).toCompletableFuture(Runnable::run);
        CompletableFuture<Thread> dependent = inline.thenApply(output -> Thread.currentThread());
        fill(64).await();
        assertTrue(earlier.isComplete());
        assertFalse(waker.isDone());
        assertFalse(dependent.isDone());
        gate.countDown();
        assertTrue(waker.get() instanceof LibraryThread);
        assertSame(waker.get(), dependent.get());
    }

    @Test
    void closeRunsTheCallbacks() {
        occupyWorker();
        var called = new CountDownLatch(1);
        fill(64).poll(Notifier.of(called::countDown));
        fill(64).await();
        Thread.ofPlatform().start(gate::countDown);
        mover.close();
        assertEquals(0, called.getCount());
    }

    @Test
    void longOperationStaysWithTheWorkers() throws Exception {
        occupyWorker();
        VdmFuture<?> longer = fill(4_097);
        longer.poll();
        requireUnused(fill(64), longer);
    }

    private void requireUnused(VdmFuture<?> awaited, VdmFuture<?> left)
            throws InterruptedException {
        Thread waiting = Thread.ofPlatform().start(awaited::await);
        awaitSleep(waiting);
        assertEquals(FutureState.RUNNING, left.state());
        gate.countDown();
        waiting.join();
    }

    @Test
    void mappedFileStaysWithTheWorkers(@TempDir Path folder) throws Exception {
        occupyWorker();
        try (Arena arena = Arena.ofShared()) {
            VdmFuture<?> mapped = mover.memset(map(folder, arena), (byte) 1);
            mapped.poll();
            requireUnused(fill(64), mapped);
            mapped.await();
        }
    }

    private static MemorySegment map(Path folder, Arena arena) throws IOException {
        try (var channel = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, 64, arena);
        }
    }

    @Test
    void timedWaitExecutesNothing() {
        occupyWorker();
        VdmFuture<?> short1 = fill(64);
        assertThrows(FutureTimeoutException.class, () -> short1.await(Duration.ofMillis(10)));
        assertEquals(FutureState.RUNNING, short1.state());
        assertTrue(short1.cancel());
    }

    @Test
    void interruptibleWaitExecutesNothing() {
        occupyWorker();
        VdmFuture<?> short1 = fill(64);
        short1.poll();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, short1::awaitInterruptibly);
        assertEquals(FutureState.RUNNING, short1.state());
    }

    @Test
    void virtualThreadExecutesNothing() throws Exception {
        occupyWorker();
        VdmFuture<?> short1 = fill(64);
        Thread waiting = Thread.ofVirtual().start(short1::await);
        awaitSleep(waiting);
        assertEquals(FutureState.RUNNING, short1.state());
        gate.countDown();
        waiting.join();
    }

    @Test
    void takenOperationCannotBeCancelled() {
        occupyWorker();
        VdmFuture<?> earlier = fill(64);
        earlier.poll();
        fill(64).await();
        assertFalse(earlier.cancel());
        assertTrue(earlier.isComplete());
    }

    @Test
    void fullStackFailsNoForeignOperation() throws Exception {
        occupyWorker();
        fill(64).await(); // A stack overflow would break the loading of a class.
        List<VdmFuture<?>> foreign = new ArrayList<>();
        for (int round = 0; round < 700; round++) {
            for (int i = 0; i < 3; i++) {
                foreign.add(fill(64));
                foreign.getLast().poll();
            }
            VdmFuture<?> own = fill(64);
            own.poll();
            var deep = new AwaitAtEndOfStack(own, round % 350);
            Thread thread = new Thread(null, deep::recurse, "deep", 1 << 18);
            thread.start();
            while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
                Thread.yield(); // A spin would keep a processor from the new thread.
            }
            fill(64).await(); // The JIT then compiles the code.
        }
        assertTrue(foreign.stream().anyMatch(VdmFuture::isComplete), "a thread has helped");
        gate.countDown();
        for (VdmFuture<?> each : foreign) {
            each.await();
            assertSame(VdmResult.SUCCESS, each.result());
        }
    }

    /** A thread that awaits a number of frames above the end of its stack. */
    private static final class AwaitAtEndOfStack {
        private final VdmFuture<?> own;
        private int frames;

        AwaitAtEndOfStack(VdmFuture<?> own, int frames) {
            this.own = own;
            this.frames = frames;
        }

        void recurse() {
            try {
                recurse();
            } catch (StackOverflowError e) {
                if (--frames > 0) {
                    throw e;
                }
                own.await(); // If this overflows, the caller awaits.
            }
        }
    }

    @Test
    void stopWaitsForAHelpingThread() throws Exception {
        var begun = new CountDownLatch(2);
        var workers = new NumberedWorkers("helping-test", 1, 8, WorkerStrategy.PARK, number -> {
            begun.countDown();
            if (number == NumberedWorkers.SHORT) {
                pass(gate);
            } else {
                while (begun.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
        });
        workers.offer(1);
        while (begun.getCount() == 2) {
            Thread.onSpinWait();
        }
        Operation<?> taken = workers.operation(NumberedWorkers.SHORT);
        workers.offer(taken);
        Thread helping = Thread.ofPlatform().start(workers::help);
        while (begun.getCount() > 0) {
            Thread.onSpinWait();
        }
        assertFalse(workers.remove(taken));
        assertEquals(List.of(NumberedWorkers.SHORT), workers.stop(50_000_000));
        gate.countDown();
        assertEquals(List.of(), workers.stop(Long.MAX_VALUE));
        helping.join();
    }

    /** A worker that runs callbacks executes no operation, because a callback may block. */
    @Test
    void blockedCallbackDelaysNoOperation() throws Exception {
        var busy = new CountDownLatch(2);
        var idle = new CountDownLatch(1);
        var ended = new CountDownLatch(3);
        var taken = new AtomicReference<Operation<?>>();
        var workers = new NumberedWorkers("helping-test", 2, 8, WorkerStrategy.PARK, number -> {
            if (number == NumberedWorkers.SHORT) {
                pass(idle);
                taken.get().complete();
                return;
            }
            busy.countDown();
            while (taken.get() == null) {
                Thread.onSpinWait();
            }
            ended.countDown();
        });
        try {
            workers.offer(1);
            workers.offer(2);
            pass(busy);
            Operation<?> operation = workers.operation(NumberedWorkers.SHORT);
            var called = new CountDownLatch(1);
            operation.poll(Notifier.of(() -> {
                called.countDown();
                pass(gate);
            }));
            workers.offer(operation);
            Thread helping = Thread.ofPlatform().start(workers::help);
            awaitSleep(helping);
            taken.set(operation);
            while (ended.getCount() > 1) {
                Thread.onSpinWait();
            }
            Thread.getAllStackTraces()
                    .keySet()
                    .stream()
                    .filter(thread -> thread.getName().startsWith("helping-test-"))
                    .forEach(HelpingThreadTest::awaitSleep);
            idle.countDown();
            pass(called);
            workers.offer(3);
            assertTrue(ended.await(20, TimeUnit.SECONDS), "a worker sleeps");
        } finally {
            gate.countDown();
            idle.countDown();
            assertEquals(List.of(), workers.stop(Long.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void lockOfTheWaiterBlocksNoCallback(int others) throws Exception {
        occupyWorker();
        Object lock = new Object();
        var entered = new CompletableFuture<Boolean>();
        for (int i = 0; i < others; i++) {
            fill(64).poll(Notifier.of(() -> entered.complete(Thread.holdsLock(lock))));
        }
        synchronized (lock) {
            fill(64).await();
        }
        gate.countDown();
        assertFalse(entered.get());
    }
}
