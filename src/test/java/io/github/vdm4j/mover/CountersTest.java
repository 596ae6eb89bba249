package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The counters of movers. */
@Timeout(60)
class CountersTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(1_024);

    @Test
    void everyResultIsCountedOnce() {
        try (var mover = SyncDataMover.open()) {
            assertEquals(new MoverCounters(0, 0, 0, 0, 0, 0), mover.counters());
            mover.memset(memory, (byte) 1).await();
            mover.memcpy(memory.asSlice(0, 10), memory.asSlice(10, 10)).await();
            mover.crc32c(memory.asSlice(0, 7)).await();
            mover.batch().memset(memory.asSlice(0, 3), (byte) 1, VdmFlags.NONE).submit().await();
            MemorySegment heap = MemorySegment.ofArray(new byte[8]);
            mover.memset(heap, (byte) 1, VdmFlags.MEM_DURABLE).poll(); // unsupported
            mover.memset(memory, (byte) 1).cancel();
            mover.memset(memory, (byte) 1); // never polled
            VdmFuture<VdmOutput> done = mover.memset(memory.asSlice(0, 1), (byte) 1);
            for (int i = 0; i < 5; i++) {
                done.poll();
            }
            assertEquals(new MoverCounters(6, 5, 1, 0, 1_024 + 10 + 7 + 3 + 1, 0),
                    mover.counters());
        }
    }

    @Test
    void operationInFlightIsNotCountedAsCompleted() {
        var gate = new CountDownLatch(1);
        var mover = ThreadsDataMover.builder()
                .threads(1)
                .memsetFunction((destination, value, flags) -> {
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })
                .open();
        VdmFuture<VdmOutput> first = mover.memset(memory, (byte) 1);
        VdmFuture<VdmOutput> second = mover.memset(memory, (byte) 1);
        first.poll();
        second.poll();
        second.poll();
        assertEquals(new MoverCounters(2, 0, 0, 0, 0, 2), mover.counters());
        gate.countDown();
        first.await();
        second.await();
        mover.close();
        assertEquals(new MoverCounters(2, 2, 0, 0, 2_048, 0), mover.counters());
    }

    @Test
    void failureAfterTheHandOverEndsTheFlight() {
        var mover = new ExecutorMover(operation -> {
            operation.handOver();
            throw new OutOfMemoryError("for the test");
        });
        assertSame(FutureState.COMPLETE, mover.memset(memory, (byte) 1).poll());
        assertEquals(new MoverCounters(1, 0, 1, 0, 0, 0), mover.counters());
    }

    @Test
    void cancelledWaitingOperationCountsAsFailed() throws InterruptedException {
        var gate = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        try (var mover = ThreadsDataMover.builder()
                .threads(1)
                .memsetFunction((destination, value, flags) -> {
                    begun.countDown();
                    assertDoesNotThrow(() -> gate.await());
                })
                .open()) {
            VdmFuture<VdmOutput> first = mover.memset(memory, (byte) 1);
            first.poll();
            begun.await();
            VdmFuture<VdmOutput> waiting = mover.memset(memory, (byte) 1);
            waiting.poll();
            assertTrue(waiting.cancel());
            assertEquals(new MoverCounters(2, 0, 1, 0, 0, 1), mover.counters());
            gate.countDown();
            first.await();
            assertEquals(new MoverCounters(2, 1, 1, 0, 1_024, 0), mover.counters());
        }
    }

    @Test
    void countersLoseNothingAmongManyThreads() throws InterruptedException {
        for (Vdm mover : List.of(SyncDataMover.open(),
                ThreadsDataMover.builder().threads(2).open())) {
            var failure = new AtomicReference<Throwable>();
            int count = 100; // This is more than the number of the counters' cells.
            int each = 500;
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < count; t++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        VdmOperation operation = mover.newOperation();
                        for (int i = 0; i < each; i++) {
                            operation.memset(memory.asSlice(0, 5), (byte) 1, VdmFlags.NONE).await();
                        }
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertNull(failure.get());
            assertEquals(new MoverCounters(count * each, count * each, 0, 0, 5L * count * each, 0),
                    mover.counters());
            mover.close();
        }
    }
}
