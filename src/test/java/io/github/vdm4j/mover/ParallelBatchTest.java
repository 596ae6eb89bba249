package io.github.vdm4j.mover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.jvm.Parts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Long batches without fences on several workers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelBatchTest {
    private static final long PART = Parts.BYTES;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static ThreadsDataMoverBuilder workers(int threads) {
        return ThreadsDataMover.builder().threads(threads).parallelFrom(2 * PART);
    }

    private MemorySegment noise(long bytes) {
        byte[] content = new byte[Math.toIntExact(bytes)];
        new Random(bytes).nextBytes(content);
        return arena.allocate(bytes, 64).copyFrom(MemorySegment.ofArray(content));
    }

    @Test
    void twoWorkersExecuteTheTasks() {
        var together = new CyclicBarrier(2);
        var met = new AtomicInteger();
        try (Vdm mover = workers(2).memcpyFunction((to, from, flags) -> {
            try {
                together.await(20, TimeUnit.SECONDS);
                met.incrementAndGet();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }).open()) {
            Batch batch = mover.batch();
            for (int i = 0; i < 4; i++) {
                batch.memcpy(arena.allocate(PART), arena.allocate(PART));
            }
            batch.submit().await().orThrow();
            assertEquals(4, met.get());
        }
    }

    /** A worker reads the number inside the tasks that call a function. */
    @Test
    void bytesDoneGrowsWithEachTask() {
        var running = new AtomicReference<VdmFuture<BatchResult>>();
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        try (Vdm mover = workers(1).memcpyFunction((to, from, flags) -> {
            seen.add(running.get().bytesDone());
        }).open()) {
            Batch batch = mover.batch();
            for (int i = 0; i < 10; i++) {
                batch.memset(arena.allocate(100), (byte) 1, VdmFlags.NONE);
            }
            batch.memcpy(arena.allocate(PART), arena.allocate(PART))
                    .fill(arena.allocate(3 * PART), 7, VdmFlags.NONE)
                    .memcpy(arena.allocate(PART), arena.allocate(PART))
                    .memcpy(arena.allocate(PART), arena.allocate(PART));
            running.set(batch.submit());
            running.get().await().orThrow();
            assertEquals(List.of(0L, 1_000 + 4 * PART, 1_000 + 5 * PART), seen);
            assertEquals(1_000 + 6 * PART, running.get().bytesDone());
        }
    }

    /** The first task is behind the second task, which does not count before the first. */
    @Test
    void bytesDoneCountsNoTaskBehindAGap() throws InterruptedException {
        var mayEnd = new CountDownLatch(1);
        var others = new CountDownLatch(3);
        MemorySegment first = arena.allocate(PART);
        try (Vdm mover = workers(2).memcpyFunction((to, from, flags) -> {
            if (to.address() == first.address()) {
                try {
                    mayEnd.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            } else {
                others.countDown();
            }
        }).open()) {
            Batch batch = mover.batch().memcpy(first, arena.allocate(PART));
            for (int i = 0; i < 3; i++) {
                batch.memcpy(arena.allocate(PART), arena.allocate(PART));
            }
            VdmFuture<BatchResult> future = batch.submit();
            future.poll();
            others.await();
            assertEquals(0, future.bytesDone());
            mayEnd.countDown();
            long last = 0;
            while (future.poll() != FutureState.COMPLETE) {
                long now = future.bytesDone();
                assertTrue(now >= last, "decreased");
                last = now;
            }
            assertEquals(4 * PART, future.bytesDone());
        }
    }

    /** Returns the values of the tasks and the written bytes. */
    private static List<Object> run(Vdm mover, MemorySegment memory, MemorySegment source,
            int times) {
        long bytes = source.byteSize();
        MemorySegment wrong = memory.asSlice(3 * bytes, bytes).copyFrom(source);
        wrong.set(JAVA_BYTE, bytes - 9, (byte) 77);
        Batch batch = mover.batch();
        for (int i = 0; i < 100; i++) {
            batch.memcpy(memory.asSlice(i * 400, 400), source.asSlice(i * 300, 400));
        }
        batch.crc32c(source)
                .memset(memory.asSlice(bytes, bytes), (byte) 3, VdmFlags.NONE)
                .compare(source, wrong)
                .memmove(memory.asSlice(2 * bytes + 64, bytes - 64),
                        memory.asSlice(2 * bytes, bytes - 64), VdmFlags.NONE)
                .nop()
                .applyDelta(memory.asSlice(4 * bytes & -8, 64), source.asSlice(0, 20),
                        VdmFlags.NONE)
                .memset(memory.asSlice(5 * bytes, 100), (byte) 9, VdmFlags.NONE);
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            memory.asSlice(2 * bytes, bytes).copyFrom(source);
            BatchResult result = batch.submit().await();
            for (int task = 0; task < result.tasks().size(); task++) {
                seen.add(result.get(task).result());
            }
            seen.add(result.value(100));
            seen.add(result.value(102));
        }
        return seen;
    }

    @Test
    void resultsAreThoseOfOneThread() {
        MemorySegment source = noise(3 * PART + 17);
        MemorySegment divided = arena.allocate(6 * source.byteSize(), 64);
        MemorySegment whole = arena.allocate(6 * source.byteSize(), 64);
        try (Vdm mover = workers(3).open(); Vdm sync = SyncDataMover.open()) {
            List<Object> expected = run(sync, whole, source, 2);
            assertTrue(expected.contains(VdmResult.INVALID_DATA));
            assertEquals(expected, run(mover, divided, source, 2));
        }
        assertEquals(-1, divided.mismatch(whole));
    }

    @Test
    void fenceKeepsTheOrder() {
        MemorySegment source = noise(4 * PART);
        MemorySegment middle = arena.allocate(4 * PART);
        MemorySegment end = arena.allocate(4 * PART);
        try (Vdm mover = workers(3).open()) {
            mover.batch()
                    .memcpy(middle, source)
                    .fence()
                    .memcpy(end, middle)
                    .submit()
                    .await()
                    .orThrow();
        }
        assertEquals(-1, end.mismatch(source));
    }

    @Test
    void cancelStopsBetweenParts() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        try (Vdm mover = workers(1).memcpyFunction((to, from, flags) -> {
            begun.countDown();
            try {
                cancelled.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }).open()) {
            Batch batch = mover.batch();
            for (int i = 0; i < 2; i++) {
                batch.memcpy(arena.allocate(PART), arena.allocate(PART));
            }
            VdmFuture<BatchResult> future =
                    batch.memset(arena.allocate(3 * PART), (byte) 1, VdmFlags.NONE)
                            .fill(arena.allocate(3 * PART), 1, VdmFlags.NONE) // in parts
                            .submit();
            future.poll();
            begun.await();
            assertFalse(future.cancel());
            cancelled.countDown();
            BatchResult result = future.await();
            assertSame(VdmResult.SUCCESS, result.get(0).result());
            assertSame(VdmResult.STOPPED, result.get(1).result());
            assertSame(VdmResult.STOPPED, result.get(2).result());
            assertSame(VdmResult.STOPPED, result.get(3).result());
            assertEquals(PART, future.bytesDone());
        }
    }
}
