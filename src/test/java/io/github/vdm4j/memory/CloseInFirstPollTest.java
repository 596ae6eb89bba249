package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.Operation;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.dsa.DsaMovers;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.JvmMovers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The close of a mover while another thread polls an operation. That thread executes the operation,
 * because the memory is confined to it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseInFirstPollTest {
    private final CountDownLatch forcing = new CountDownLatch(1);
    private final CountDownLatch mayForce = new CountDownLatch(1);
    private final Durability engines = new WriteBackLog().storage(range -> {
        forcing.countDown();
        try {
            mayForce.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }).engines(true);
    private @TempDir Path folder;

    enum Mover {
        SYNC, THREADS, SOFTWARE, AUTO, DSA
    }

    private Vdm open(Mover mover, Duration timeout, SimulatedDml dml, DsaMovers dsa) {
        return switch (mover) {
            case SYNC -> JvmMovers.sync(engines);
            case THREADS -> JvmMovers.builder(engines).closeTimeout(timeout).open();
            case SOFTWARE, AUTO -> DmlMovers.builder(engines)
                    .library(dml.library())
                    .path(DmlPath.valueOf(mover.name()))
                    .closeTimeout(timeout)
                    .open();
            case DSA -> {
                dsa.devices.start();
                yield dsa.builder(engines).closeTimeout(timeout).open();
            }
        };
    }

    private interface Steps {
        void take(Vdm mover, MemorySegment range) throws Exception;
    }

    private void run(Mover type, Duration timeout, Steps steps) throws Exception {
        try (var dml = new SimulatedDml();
                DsaMovers dsa = DsaMovers.withOneQueue();
                Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(folder.resolve("file"),
                        StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                Vdm mover = open(type, timeout, dml, dsa)) {
            steps.take(mover, channel.map(MapMode.READ_WRITE, 0, 4096, arena));
        }
    }

    private static boolean isInside(Thread thread, String method) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method)
                        && frame.getClassName().startsWith("io.github.vdm4j"));
    }

    @ParameterizedTest
    @EnumSource
    void closeAwaitsTheForceInAPoll(Mover type) throws Exception {
        run(type, Duration.ofSeconds(30), (mover, range) -> {
            VdmFuture<VdmOutput> fill = mover.memset(range, (byte) 7, VdmFlags.MEM_DURABLE);
            var inPoll = new CompletableFuture<Boolean>();
            Thread closer = Thread.ofPlatform().start(() -> {
                awaitQuietly(forcing);
                mover.close();
            });
            Thread.ofPlatform().start(() -> {
                while (closer.isAlive() && !isInside(closer, "awaitPolls")
                        && !isInside(closer, "finishAbandoned")) { // The device has a slot.
                    Thread.onSpinWait();
                }
                inPoll.complete(closer.isAlive());
                mayForce.countDown();
            });
            fill.busyPoll();
            assertEquals(VdmResult.SUCCESS, fill.result());
            assertTrue(inPoll.get(), "close() returned before the force");
            closer.join();
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closeTimesOutInTheFirstPoll() throws Exception {
        run(Mover.THREADS, Duration.ofMillis(20), (mover, range) -> {
            VdmFuture<VdmOutput> fill = mover.memset(range, (byte) 7, VdmFlags.MEM_DURABLE);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
                awaitQuietly(forcing);
                try {
                    mover.close();
                } finally {
                    mayForce.countDown();
                }
            });
            fill.busyPoll();
            assertEquals(VdmResult.SUCCESS, fill.result());
            var thrown = assertThrows(CompletionException.class, closing::join).getCause();
            assertEquals(VdmResult.TIMEOUT,
                    assertInstanceOf(VdmException.class, thrown).result());
            assertTrue(thrown.getMessage().contains(" did not close within 0.02 s"),
                    thrown::toString);
        });
    }

    @Test
    void firstPollsAndExecutorShareOneTimeLimit() throws InterruptedException {
        var inside = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var nanosLeft = new AtomicReference<Long>();
        var mover = new ExecutorMover(new VdmExecutor() {
            @Override
            public FutureState start(Operation<?> operation) {
                inside.countDown();
                awaitQuietly(mayEnd);
                return operation.succeed(ExecutionPath.JVM);
            }

            @Override
            public Duration closeTimeout() {
                return Duration.ofMillis(20);
            }

            @Override
            public void close(long deadline) {
                nanosLeft.set(deadline - System.nanoTime());
            }
        });
        Thread user = Thread.ofPlatform().start(() -> mover.nop().poll());
        inside.await();
        assertEquals(VdmResult.TIMEOUT,
                assertThrows(VdmException.class, mover::close).result());
        assertTrue(nanosLeft.get() <= 0, () -> nanosLeft + " ns were left");
        mayEnd.countDown();
        user.join();
    }

    @Test
    void longestCloseTimeoutClosesTheExecutor() {
        var nanosLeft = new AtomicReference<Long>();
        new ExecutorMover(new VdmExecutor() {
            @Override
            public FutureState start(Operation<?> operation) {
                return operation.succeed(ExecutionPath.JVM);
            }

            @Override
            public Duration closeTimeout() {
                return ChronoUnit.FOREVER.getDuration();
            }

            @Override
            public void close(long deadline) {
                nanosLeft.set(deadline - System.nanoTime());
            }
        }).close();
        assertTrue(nanosLeft.get() > 0, () -> nanosLeft + " ns were left");
    }

    /** The closing thread is inside the first poll that it would wait for. */
    @Test
    void closeInsideItsOwnPollReturns() throws Exception {
        var mover = new AtomicReference<Vdm>();
        try (Vdm threads = JvmMovers.builder(engines)
                .memcpyFunction((to, from, flags) -> mover.get().close())
                .open(); Arena arena = Arena.ofConfined()) {
            mover.set(threads);
            MemorySegment range = arena.allocate(64);
            VdmFuture<VdmOutput> copy = threads.memcpy(range, arena.allocate(64));
            copy.busyPoll();
            assertEquals(VdmResult.SUCCESS, copy.result());
        }
    }

    /** The threads of the pool outnumber the cells in which the mover counts polls. */
    @Test
    void closeAwaitsPollsOfManyThreads() throws Exception {
        int count = 200;
        var inside = new CountDownLatch(count);
        var mayEnd = new CountDownLatch(1);
        var ended = new AtomicInteger();
        Vdm mover = JvmMovers.builder(engines).memcpyFunction((to, from, flags) -> {
            inside.countDown();
            awaitQuietly(mayEnd);
            ended.incrementAndGet();
        }).open();
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            users.add(Thread.ofPlatform().start(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment range = arena.allocate(64);
                    mover.memcpy(range, arena.allocate(64)).busyPoll();
                }
            }));
        }
        inside.await();
        var seen = new CompletableFuture<Integer>();
        Thread closer = Thread.ofPlatform().start(() -> {
            mover.close();
            seen.complete(ended.get());
        });
        while (closer.isAlive() && !isInside(closer, "awaitPolls")) {
            Thread.onSpinWait();
        }
        mayEnd.countDown();
        assertEquals(count, seen.get());
        for (Thread user : users) {
            user.join();
        }
    }
}
