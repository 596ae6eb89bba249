package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers of operations of the threads mover. Its only worker waits until the test releases it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisplayName("A buffer under an operation of a worker")
class ThreadsBufferLifetimeTest {
    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private ThreadsDataMover mover;

    @BeforeEach
    void openMover() {
        mover = ThreadsDataMover.builder()
                .threads(1)
                .queueSize(4)
                .whenFull(WhenFull.FAIL)
                .memcpyFunction((to, from, flags) -> {
                    working.countDown();
                    try {
                        mayGoOn.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    to.copyFrom(from);
                })
                .open();
    }

    @AfterEach
    void closeMover() {
        mayGoOn.countDown();
        mover.close();
    }

    private VdmFuture<VdmOutput> copyingInto(OffHeapBuffer destination, OffHeapBuffer source)
            throws InterruptedException {
        VdmFuture<VdmOutput> copy = mover.memcpy(destination.segment(), source.segment());
        assertEquals(FutureState.RUNNING, copy.poll());
        assertTrue(working.await(30, TimeUnit.SECONDS));
        return copy;
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"destination", "source"})
    void closeWaitsUntilTheOperationIsComplete(String which) throws Exception {
        OffHeapBuffer destination = OffHeapBuffer.allocate(100);
        OffHeapBuffer source = OffHeapBuffer.allocate(100);
        source.segment().fill((byte) 5);
        MemorySegment written = destination.segment();
        OffHeapBuffer closing = which.equals("source") ? source : destination;
        VdmFuture<VdmOutput> copy = copyingInto(destination, source);
        assertEquals(1, closing.operationsInFlight());
        assertFalse(closing.tryClose());
        assertTrue(closing.isOpen());

        Thread closer = Thread.ofPlatform().start(closing::close);
        while (closing.isOpen()) {
            Thread.onSpinWait();
        }
        assertThrows(IllegalStateException.class, closing::segment);
        assertTrue(closing.operationsInFlight() == 1 && closer.isAlive());
        assertTrue(written.scope().isAlive() && source.toString() != null);
        if (which.equals("source")) {
            mayGoOn.countDown();
            copy.await();
            closer.join();
            assertEquals(5, written.get(ValueLayout.JAVA_BYTE, 99));
            destination.close();
        } else {
            mayGoOn.countDown();
            closer.join();
            assertFalse(written.scope().isAlive());
            copy.busyPoll();
            assertEquals(VdmResult.SUCCESS, copy.result());
            source.close();
        }
        assertEquals(0, closing.operationsInFlight());
    }

    @Test
    void queuedOperationKeepsTheBufferOpen() throws Exception {
        OffHeapBuffer a = OffHeapBuffer.allocate(10);
        OffHeapBuffer b = OffHeapBuffer.allocate(10);
        OffHeapBuffer queued = OffHeapBuffer.allocate(10);
        VdmFuture<VdmOutput> first = copyingInto(a, b);
        VdmFuture<VdmOutput> second = mover.memset(queued.segment(), (byte) 1);
        assertEquals(FutureState.RUNNING, second.poll());
        assertFalse(queued.tryClose());
        mayGoOn.countDown();
        queued.close(); // without a poll
        second.busyPoll();
        assertEquals(VdmResult.SUCCESS, second.result());
        first.busyPoll();
        assertEquals(0, a.operationsInFlight() + b.operationsInFlight());
        a.close();
        b.close();
    }

    @Test
    void closingBufferRefusesEarlierOperations() throws Exception {
        OffHeapBuffer destination = OffHeapBuffer.allocate(10);
        OffHeapBuffer source = OffHeapBuffer.allocate(10);
        OffHeapBuffer other = OffHeapBuffer.allocate(10);
        VdmFuture<VdmOutput> late = mover.memset(destination.segment(), (byte) 9);
        VdmFuture<VdmOutput> lateFromIt = mover.memcpy(other.segment(), destination.segment());
        VdmFuture<VdmOutput> copy = copyingInto(destination, source);
        Thread closer = Thread.ofPlatform().start(destination::close);
        while (destination.isOpen()) {
            Thread.onSpinWait();
        }
        for (VdmFuture<VdmOutput> refused : List.of(late, lateFromIt)) {
            assertEquals(FutureState.COMPLETE, refused.poll());
            assertEquals(VdmResult.SEGMENT_UNUSABLE, refused.result());
            assertTrue(refused.failure().getMessage().contains("a buffer was closed before"),
                    refused.failure().getMessage());
        }
        assertEquals(0, other.operationsInFlight(), "pinned for an operation that was refused");
        mayGoOn.countDown();
        closer.join();
        copy.busyPoll();
        source.close();
        other.close();
    }

    @Test
    @DisplayName("a buffer that was wrapped after the start does not wait for the operation")
    void laterBufferDoesNotWaitForTheOperation() throws Exception {
        try (Arena arena = Arena.ofShared(); OffHeapBuffer source = OffHeapBuffer.allocate(10)) {
            MemorySegment plain = arena.allocate(10);
            VdmFuture<VdmOutput> copy = mover.memcpy(plain, source.segment(), VdmFlags.NONE);
            assertEquals(FutureState.RUNNING, copy.poll());
            OffHeapBuffer late = OffHeapBuffer.wrap(plain);
            mayGoOn.countDown();
            copy.busyPoll();
            assertEquals(0, late.operationsInFlight());
            assertTrue(late.isOpen());
            assertTrue(late.tryClose());
        }
    }

    @Test
    void refusedOperationReleasesItsBuffer() throws Exception {
        OffHeapBuffer a = OffHeapBuffer.allocate(10);
        OffHeapBuffer b = OffHeapBuffer.allocate(10);
        copyingInto(a, b);
        List<VdmFuture<VdmOutput>> waiting = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment plain = arena.allocate(10);
            for (int i = 0; i < 4; i++) {
                waiting.add(mover.memset(plain, (byte) i));
                assertEquals(FutureState.RUNNING, waiting.get(i).poll());
            }
            OffHeapBuffer buffer = OffHeapBuffer.allocate(10);
            VdmFuture<VdmOutput> tooMany = mover.memset(buffer.segment(), (byte) 1);
            tooMany.busyPoll();
            assertEquals(VdmResult.MOVER_FULL, tooMany.result());
            assertEquals(0, buffer.operationsInFlight());
            assertTrue(buffer.tryClose());
            mayGoOn.countDown();
            for (VdmFuture<VdmOutput> future : waiting) {
                future.busyPoll();
            }
        }
        a.close();
        b.close();
    }
}
