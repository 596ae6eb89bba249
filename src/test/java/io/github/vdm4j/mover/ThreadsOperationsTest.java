package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data operations of the threads mover. Its workers copy only after the test releases them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsOperationsTest {
    private final Semaphore copies = new Semaphore(0);
    private final CountDownLatch copying = new CountDownLatch(1);
    private ThreadsDataMover mover;

    @BeforeEach
    void openMover() {
        mover = open(2, 8);
    }

    private ThreadsDataMover open(int threads, int queueSize) {
        return ThreadsDataMover.builder()
                .threads(threads)
                .queueSize(queueSize)
                .memcpyFunction((to, from, flags) -> {
                    copying.countDown();
                    copies.acquireUninterruptibly();
                    to.copyFrom(from);
                })
                .open();
    }

    @AfterEach
    void closeMover() {
        copies.release(1_000);
        mover.close();
    }

    private static MemorySegment heap(int bytes) {
        return MemorySegment.ofArray(new byte[bytes]);
    }

    @Test
    void drainWaitsForEarlierOperationsOnly() throws InterruptedException {
        VdmFuture<VdmOutput> copy = mover.memcpy(heap(8), heap(8));
        assertEquals(FutureState.RUNNING, copy.poll());
        copying.await();
        mover.fill(heap(8), 1).await(); // The second worker executes it, because it is idle again.
        VdmFuture<VdmOutput> drain = mover.drain();
        assertEquals(FutureState.RUNNING, drain.poll());
        assertEquals(FutureState.RUNNING, drain.poll());
        copies.release();
        copy.await();
        drain.await();
        assertEquals(VdmResult.SUCCESS, drain.result());

        VdmFuture<VdmOutput> next = mover.drain();
        assertEquals(FutureState.COMPLETE, pollAFewTimes(next), "nothing is at work");
        VdmFuture<VdmOutput> later = mover.memcpy(heap(8), heap(8));
        assertEquals(FutureState.RUNNING, later.poll());
        assertEquals(FutureState.RUNNING, pollAFewTimes(mover.drain()));
    }

    private static FutureState pollAFewTimes(VdmFuture<VdmOutput> drain) {
        FutureState reached = drain.poll();
        for (int i = 0; i < 1_000_000 && reached != FutureState.COMPLETE; i++) {
            reached = drain.poll(); // A worker may not have returned to the queue yet.
        }
        return reached;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void batchKeepsItsBuffersOpen(int which) throws InterruptedException {
        OffHeapBuffer first = OffHeapBuffer.allocate(4_096);
        OffHeapBuffer second = OffHeapBuffer.allocate(4_096);
        OffHeapBuffer source = OffHeapBuffer.allocate(4_096);
        OffHeapBuffer closing = new OffHeapBuffer[]{first, second, source}[which];
        VdmFuture<BatchResult> batch = mover.batch()
                .memcpy(heap(8), heap(8)) // waits
                .memcpy(first.segment(), source.segment())
                .createDelta(
                        first.segment().asSlice(0, 80), second.segment().asSlice(0, 64),
                        source.segment().asSlice(0, 64))
                .submit();
        assertEquals(FutureState.RUNNING, batch.poll());
        copying.await();
        assertTrue(closing.operationsInFlight() > 0);
        assertFalse(closing.tryClose());
        copies.release(2);
        assertTrue(batch.await().isSuccess());
        assertEquals(0, closing.operationsInFlight());
        assertTrue(closing.tryClose());
        first.close();
        second.close();
        source.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void queuedOperationKeepsThreeBuffersOpen(int which)
            throws InterruptedException {
        mover.close();
        mover = open(1, 8);
        OffHeapBuffer[] buffers = new OffHeapBuffer[3];
        MemorySegment[] pages = new MemorySegment[3];
        for (int i = 0; i < 3; i++) {
            buffers[i] = OffHeapBuffer.allocate(8_192);
            MemorySegment all = buffers[i].segment();
            pages[i] = all.asSlice(-all.address() & 4_095, 64);
        }
        assertEquals(FutureState.RUNNING, mover.memcpy(heap(8), heap(8)).poll());
        copying.await();
        VdmFuture<VdmOutput> dualcast = mover.dualcast(pages[0], pages[1], pages[2]);
        assertEquals(FutureState.RUNNING, dualcast.poll());
        assertEquals(1, buffers[which].operationsInFlight());
        assertFalse(buffers[which].tryClose());
        copies.release();
        dualcast.await();
        assertEquals(0, buffers[which].operationsInFlight());
        for (OffHeapBuffer buffer : buffers) {
            buffer.close();
        }
    }

    @Test
    void runningOperationCannotBePreparedAgain() throws InterruptedException {
        mover.close();
        mover = open(1, 8);
        mover.memcpy(heap(8), heap(8)).poll();
        copying.await();
        MemorySegment range = heap(100);
        VdmOperation operation =
                mover.newOperation().crc32c(range, CrcOptions.STANDARD).start();
        assertEquals(FutureState.RUNNING, operation.state());
        assertTrue(operation.hasProperty(FutureProperty.ASYNC));
        assertThrows(IllegalStateException.class, () -> operation.compare(range, range));
        copies.release();
        assertEquals(Crc32c.class, operation.await().getClass());
        assertFalse(operation.cancel());
    }

    @Test
    void cancelReleasesTheBuffer() throws InterruptedException {
        mover.close();
        mover = open(1, 1);
        mover.memcpy(heap(8), heap(8)).poll();
        copying.await();
        try (OffHeapBuffer buffer = OffHeapBuffer.allocate(100)) {
            VdmFuture<VdmOutput> fill = mover.fill(buffer.segment(), 1, VdmFlags.NONE);
            VdmFuture<BatchResult> batch = mover.batch().crc32c(buffer.segment()).submit();
            assertEquals(FutureState.RUNNING, fill.poll());
            assertEquals(FutureState.RUNNING, batch.poll());
            assertEquals(2, buffer.operationsInFlight());
            assertTrue(fill.cancel());
            assertTrue(batch.cancel());
            assertEquals(0, buffer.operationsInFlight());
            copies.release();
        }
    }
}
