package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.CompletionQueue;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations of movers that a completion queue returns. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueuedOperationsTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment source = arena.allocate(64).fill((byte) 7);
    private final MemorySegment destination = arena.allocate(64 * 1_000);

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void queueReturnsAReusedOperationEachTime(boolean threads) {
        try (Vdm mover = threads ? ThreadsDataMover.open() : SyncDataMover.open()) {
            var queue = new CompletionQueue<Integer>();
            var operations = new VdmOperation[10];
            for (int i = 0; i < operations.length; i++) {
                operations[i] = mover.newOperation();
                queue.add(operations[i].memcpy(slot(i), source, VdmFlags.NONE), i);
            }
            int next = operations.length;
            while (!queue.isEmpty()) {
                var entry = queue.take();
                entry.future().orThrow();
                var operation = (VdmOperation) entry.future();
                assertSame(operations[entry.attachment() % 10], operation);
                if (next < 1_000) {
                    queue.add(operation.memcpy(slot(next), source, VdmFlags.NONE),
                            next - next % 10 + entry.attachment() % 10);
                    next++;
                }
            }
            for (int i = 0; i < 1_000; i++) {
                assertEquals(-1, slot(i).mismatch(source));
            }
        }
    }

    private MemorySegment slot(int index) {
        return destination.asSlice(64L * index, 64);
    }

    @Test
    void unpreparedOperationIsNotAdded() {
        try (Vdm mover = SyncDataMover.open()) {
            var queue = new CompletionQueue<String>();
            assertThrows(IllegalStateException.class,
                    () -> queue.add(mover.newOperation(), "unprepared"));
            assertTrue(queue.isEmpty());
        }
    }

    @Test
    void queueReturnsCancelledOperations() {
        var begin = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        Vdm mover = ThreadsDataMover.builder().threads(1).memcpyFunction((to, from, flags) -> {
            begun.countDown();
            try {
                begin.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            to.copyFrom(from);
        }).open();
        var queue = new CompletionQueue<String>();
        VdmFuture<?> first = mover.memcpy(slot(0), source);
        VdmFuture<?> second = mover.memcpy(slot(1), source);
        VdmFuture<?> third = mover.memcpy(slot(2), source);
        queue.add(first, "first");
        queue.add(second, "second");
        queue.add(third, "third");
        assertTrue(second.cancel(), "it waits for the worker");
        var entry = queue.take();
        assertEquals("second", entry.attachment());
        assertEquals(VdmResult.CANCELLED,
                assertThrows(VdmException.class, entry.future()::orThrow).result());
        assertNull(queue.poll());
        begin.countDown();
        mover.close();
        assertEquals("first", queue.take().attachment());
        assertEquals("third", queue.take().attachment());
        VdmFuture<?> late = first;
        queue.add(late, "complete already");
        assertSame(late, queue.take().future());
        assertTrue(queue.isEmpty());
    }

    @Test
    void queueReturnsBatchesAndChains() {
        try (Vdm mover = ThreadsDataMover.open()) {
            var queue = new CompletionQueue<String>();
            queue.add(mover.batch().memcpy(slot(0), source).nop().submit(), "batch");
            queue.add(FutureChain.of(mover.memcpy(slot(1), source))
                    .then(done -> mover.crc32c(slot(1), CrcOptions.STANDARD)), "chain");
            for (int i = 0; i < 2; i++) {
                queue.take().future().orThrow();
            }
            assertTrue(queue.isEmpty());
        }
    }

    @Test
    void chainOnConfinedMemoryStaysOnItsThread() {
        try (Vdm mover = ThreadsDataMover.open(); Arena confined = Arena.ofConfined()) {
            MemorySegment mine = confined.allocate(64);
            var queue = new CompletionQueue<String>();
            for (int i = 0; i < 100; i++) {
                queue.add(FutureChain.of(mover.memcpy(slot(i), source))
                        .then(done -> mover.memcpy(mine, source)), "chain");
            }
            while (!queue.isEmpty()) {
                queue.take().future().orThrow();
            }
            assertEquals(-1, mine.mismatch(source));
        }
    }
}
