package io.github.vdm4j.mover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.WriteBackKind;
import io.github.vdm4j.memory.WriteBackLog;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Progress, cancelling, fairness and failures of operations in parts on the workers.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelOperationTest {
    private static final long PART = Parts.BYTES;
    private static final long COPIED = Parts.COPIED_BYTES;
    private static final DifConfig DIF = DifConfig.of(DifBlockSize.BYTES_512);
    private static final long BLOCKS = 64 * PART / 512;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment blocks = arena.allocate(BLOCKS * 512);
    private final MemorySegment guarded = arena.allocate(BLOCKS * 520);

    @TempDir private Path folder;

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static ThreadsDataMoverBuilder workers(int threads) {
        return ThreadsDataMover.builder().threads(threads).parallelFrom(PART);
    }

    /** Returns an operation that takes tens of milliseconds, after its first part. */
    private VdmFuture<VdmOutput> begin(Vdm mover) {
        return begin(mover, guarded);
    }

    private VdmFuture<VdmOutput> begin(Vdm mover, MemorySegment to) {
        VdmFuture<VdmOutput> operation = mover.difInsert(to, blocks, DIF, VdmFlags.NONE);
        assertEquals(0, operation.bytesDone());
        operation.poll();
        while (operation.bytesDone() == 0) {
            Thread.onSpinWait();
        }
        return operation;
    }

    /** On a busy machine, an operation can end before this thread sees it twice. */
    @Test
    void bytesDoneNeverDecreases() {
        try (ThreadsDataMover mover = workers(3).open()) {
            int steps;
            do {
                VdmFuture<VdmOutput> operation = begin(mover);
                long before = 0;
                steps = 0;
                while (operation.poll() != FutureState.COMPLETE) {
                    long now = operation.bytesDone();
                    assertTrue(now >= before, now + " after " + before);
                    steps += now > before ? 1 : 0;
                    before = now;
                }
                assertEquals(blocks.byteSize(), operation.bytesDone());
            } while (steps < 2);
        }
    }

    /** On a busy machine, an operation can end before this thread cancels it. */
    @Test
    void reusedOperationForgetsEarlierParts() throws InterruptedException {
        var inside = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        try (ThreadsDataMover mover = workers(2).memcpyFunction((to, from, flags) -> {
            inside.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }).open()) {
            VdmOperation operation = mover.newOperation();
            operation.difInsert(guarded, blocks, DIF, VdmFlags.NONE).await();
            assertEquals(blocks.byteSize(), operation.bytesDone());
            Thread owner = Thread.ofPlatform().start(() -> {
                try (Arena confined = Arena.ofConfined()) {
                    operation.memcpy(confined.allocate(64), confined.allocate(64), VdmFlags.NONE)
                            .await();
                }
            });
            inside.await();
            assertEquals(FutureState.RUNNING, operation.state());
            assertEquals(0, operation.bytesDone());
            mayEnd.countDown();
            owner.join();
            assertEquals(64, operation.bytesDone());
        }
    }

    /** The JDK does not report how far a copy came within a part. */
    @Test
    void failedSinglePartHasNoCertainBytes() throws IOException {
        try (Vdm mover = SyncDataMover.open()) {
            MemorySegment source = truncated().asSlice(3 * COPIED - 8_192, 16_384);
            VdmFuture<VdmOutput> copy = mover.memcpy(arena.allocate(16_384), source);
            copy.busyPoll();
            assertEquals(VdmResult.IO_ERROR, copy.result());
            assertEquals(0, copy.bytesDone());
        }
    }

    @Test
    void cancelStopsBetweenParts() {
        try (ThreadsDataMover mover = workers(2).open()) {
            blocks.fill((byte) 1);
            VdmFuture<VdmOutput> operation;
            do {
                guarded.fill((byte) 0);
                operation = begin(mover);
                assertFalse(operation.cancel(), "the operation has begun");
                operation.busyPoll();
            } while (operation.result() == VdmResult.SUCCESS);
            assertEquals(VdmResult.STOPPED, operation.result());
            long done = operation.bytesDone();
            assertTrue(done > 0 && done < blocks.byteSize(), done + " bytes");
            assertEquals(0, done % 512);
            long written = done / 512 * 520;
            assertEquals(1, guarded.get(JAVA_BYTE, written - 520), "the last block was written");
            MemorySegment rest = guarded.asSlice(written);
            assertEquals(-1, rest.mismatch(arena.allocate(rest.byteSize())), "nothing behind it");
            assertTrue(operation.failure().getMessage().contains("was stopped after "));
            assertEquals(0, mover.counters().inFlight());
        }
    }

    @Test
    void shortOperationWaitsForFewParts() {
        var progress = new AtomicLong();
        VdmFuture<?>[] running = new VdmFuture<?>[1];
        try (ThreadsDataMover mover = workers(1)
                .memsetFunction((to, value, flags) -> progress.set(running[0].bytesDone()))
                .open()) {
            VdmFuture<VdmOutput> operation = begin(mover);
            running[0] = operation;
            VdmFuture<VdmOutput> small = mover.memset(arena.allocate(64), (byte) 1);
            small.poll();
            long before = operation.bytesDone();
            small.await();
            assertTrue(progress.get() - before <= 2 * PART, progress + " after " + before);
            operation.await();
        }
    }

    @Test
    void workersWaitForNoOtherWorker() throws InterruptedException {
        var release = new CountDownLatch(1);
        try (ThreadsDataMover mover = workers(2).memsetFunction((to, value, flags) -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }).open()) {
            VdmFuture<VdmOutput> busy = mover.memset(arena.allocate(64), (byte) 1);
            busy.poll();
            mover.difInsert(guarded, blocks, DIF, VdmFlags.NONE).await();
            assertFalse(busy.isComplete());
            release.countDown();
            busy.await();
        }
    }

    @Test
    void drainWaitsForEveryPart() {
        try (ThreadsDataMover mover = workers(2).open()) {
            VdmFuture<VdmOutput> operation = begin(mover);
            mover.drain().await();
            assertEquals(blocks.byteSize(), operation.bytesDone());
            operation.busyPoll();
        }
    }

    @Test
    void closeWaitsForEveryPart() {
        ThreadsDataMover mover = workers(2).open();
        VdmFuture<VdmOutput> operation = begin(mover);
        mover.close();
        assertEquals(VdmResult.SUCCESS, operation.result());
    }

    @Test
    void closeNowLetsBegunOperationEnd() {
        ThreadsDataMover mover = workers(1).open();
        VdmFuture<VdmOutput> operation = begin(mover);
        VdmFuture<Crc32c> waiting = mover.crc32c(blocks, CrcOptions.STANDARD);
        waiting.poll();
        assertEquals(1, mover.closeNow());
        assertEquals(VdmResult.CLOSED, waiting.result());
        assertEquals(VdmResult.SUCCESS, operation.result());
    }

    @Test
    void closeNowLosesNoBegunOperation() {
        MemorySegment some = blocks.asSlice(0, 8 * PART);
        for (int round = 0; round < 100; round++) {
            ThreadsDataMover mover = workers(3).open();
            VdmFuture<Crc32c> operation =
                    mover.crc32c(some, new CrcOptions(round, false, true));
            operation.poll();
            while (operation.bytesDone() == 0) {
                Thread.onSpinWait();
            }
            assertEquals(0, mover.closeNow());
            assertEquals(VdmResult.SUCCESS, operation.result());
        }
    }

    @Test
    void closeTimeoutStopsOperation() {
        ThreadsDataMover mover = workers(1).closeTimeout(Duration.ofNanos(1)).open();
        VdmFuture<VdmOutput> operation = begin(mover);
        try {
            mover.close();
        } catch (io.github.vdm4j.VdmException e) {
            assertEquals(VdmResult.TIMEOUT, e.result());
        }
        operation.busyPoll();
        assertEquals(VdmResult.STOPPED, operation.result());
    }

    /** On a busy machine, an operation can end before this thread closes the arena. */
    @Test
    void closedArenaEndsOperation() {
        try (ThreadsDataMover mover = workers(2).open()) {
            VdmFuture<VdmOutput> operation;
            do {
                Arena own = Arena.ofShared();
                operation = begin(mover, own.allocate(guarded.byteSize()));
                close(own);
                operation.busyPoll();
            } while (operation.result() == VdmResult.SUCCESS);
            assertEquals(VdmResult.SEGMENT_UNUSABLE, operation.result());
            assertTrue(operation.bytesDone() > 0);
        }
    }

    private static void close(Arena arena) {
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                Thread.onSpinWait(); // A worker is inside a copy.
            }
        }
    }

    private MemorySegment truncated() throws IOException {
        Path path = folder.resolve("truncated");
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(5 * COPIED);
            MemorySegment mapped =
                    file.getChannel().map(MapMode.READ_WRITE, 0, 5 * COPIED, arena);
            mapped.fill((byte) 3);
            file.setLength(3 * COPIED);
            return mapped;
        }
    }

    private void failsAfterThreeParts(Vdm mover) throws IOException {
        MemorySegment copy = arena.allocate(5 * COPIED);
        VdmFuture<VdmOutput> operation = mover.memcpy(copy, truncated(), VdmFlags.NONE);
        operation.busyPoll();
        assertEquals(VdmResult.IO_ERROR, operation.result());
        assertEquals(3 * COPIED, operation.bytesDone());
        String message = operation.failure().getMessage();
        assertTrue(message.contains("failed after 12,582,912 bytes: a page of"), message);
        assertEquals(-1, copy.asSlice(0, 3 * COPIED)
                .mismatch(arena.allocate(3 * COPIED).fill((byte) 3)));
        mover.close();
    }

    @Test
    void workersCountBytesBeforeTruncation() throws IOException {
        failsAfterThreeParts(workers(2).open());
    }

    @Test
    void callerCountsBytesBeforeTruncation() throws IOException {
        failsAfterThreeParts(SyncDataMover.open());
    }

    @Test
    void durableCopyIsForcedOnce() throws IOException {
        var forces = new AtomicInteger();
        Path path = folder.resolve("durable");
        try (var file = new RandomAccessFile(path.toFile(), "rw");
                ThreadsDataMover mover = workers(2)
                        .durability(new Durability(null, range -> forces.incrementAndGet()))
                        .open()) {
            file.setLength(5 * COPIED);
            MemorySegment mapped =
                    file.getChannel().map(MapMode.READ_WRITE, 0, 5 * COPIED, arena);
            MemorySegment source = arena.allocate(5 * COPIED).fill((byte) 9);
            mover.memcpy(mapped, source, VdmFlags.MEM_DURABLE).await();
            assertEquals(1, forces.get());
            assertEquals(-1, mapped.mismatch(source));
        }
    }

    @Test
    void cacheLinesAreWrittenBackAfterTheirBytes() {
        long size = 5 * COPIED + 17;
        MemorySegment source = arena.allocate(size).fill((byte) 9);
        var early = new AtomicInteger();
        var log = new WriteBackLog().whenever((kind, range) -> {
            if (range.mismatch(source.asSlice(0, range.byteSize())) != -1) {
                early.incrementAndGet();
            }
        });
        try (OffHeapBuffer persistent =
                OffHeapBuffer.wrap(arena.allocate(size), DurabilityDomain.CACHE_LINE);
                ThreadsDataMover mover = workers(2).durability(log.engines(true)).open()) {
            VdmFuture<VdmOutput> copy =
                    mover.memcpy(persistent.segment(), source, VdmFlags.MEM_DURABLE);
            copy.await();
            assertEquals(size, copy.bytesDone());
            assertEquals(0, early.get(), "written back before a part was copied");
            assertEquals(List.of(WriteBackLog.Range.of(WriteBackKind.CACHE_LINES,
                    persistent.segment())), log.ranges());
        }
    }
}
