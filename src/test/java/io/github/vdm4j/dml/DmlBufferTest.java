package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.CacheLineWriteBack;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers of operations of the DML mover, and buffers in all operations of all movers. */
class DmlBufferTest extends AgainstSimulatedDml {

    private OffHeapBuffer buffer(long size) {
        OffHeapBuffer buffer = OffHeapBuffer.allocate(size);
        dml.allow(buffer.segment());
        return buffer;
    }

    /** Begins to close, and returns when the mover refuses new operations. */
    private static Thread beginToClose(OffHeapBuffer buffer) {
        Thread closer = Thread.ofPlatform().start(buffer::close);
        while (buffer.isOpen()) {
            Thread.onSpinWait();
        }
        return closer;
    }

    @Nested
    class OnHardware {
        @ParameterizedTest(name = "of the {0}")
        @ValueSource(strings = {"destination", "source"})
        void closeWaitsForTheDeviceWithoutPolls(String which) throws Exception {
            DmlDataMover mover = hardware();
            dml.next(Plan.hold());
            OffHeapBuffer destination = buffer(100);
            OffHeapBuffer source = buffer(100);
            OffHeapBuffer closing = which.equals("source") ? source : destination;
            VdmFuture<VdmOutput> copy = mover.memcpy(destination.segment(), source.segment());
            assertSame(FutureState.RUNNING, copy.poll());
            assertEquals(1, closing.operationsInFlight());
            assertFalse(closing.tryClose());
            assertTrue(closing.isOpen());

            MemorySegment memory = closing.segment();
            int checks = dml.checks();
            Thread closer = beginToClose(closing);
            while (dml.checks() < checks + 10) {
                Thread.onSpinWait(); // close polls
            }
            assertTrue(closer.isAlive() && memory.scope().isAlive());
            dml.lastSubmission().release();
            closer.join();
            assertFalse(memory.scope().isAlive());
            assertSame(FutureState.COMPLETE, copy.state());
            assertSame(VdmResult.SUCCESS, copy.result());
            assertEquals(0, mover.slotsInUse());
            destination.close();
            source.close();
        }

        @Test
        void closeFinishesOperationsWhoseFuturesWereDropped() {
            DmlDataMover mover = hardware();
            dml.always(Plan.succeed().afterChecks(5));
            OffHeapBuffer buffer = buffer(100);
            for (int i = 0; i < 4; i++) {
                mover.memset(buffer.slice(10 * i, 10), (byte) i).poll();
            }
            assertEquals(4, buffer.operationsInFlight());
            buffer.close();
            assertEquals(0, mover.slotsInUse());
            assertEquals(4, dml.submissions().size());
        }

        @Test
        void closeWaitsForEveryPartOfAnOperation() {
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            dml.withHardware();
            OffHeapBuffer buffer = buffer(1000);
            assertSame(FutureState.RUNNING, mover.memset(buffer.segment(), (byte) 1).poll());
            buffer.close();
            assertEquals(16, dml.submissions().size());
        }

        @Test
        void closingBufferRefusesIdleOperations() throws Exception {
            DmlDataMover mover = hardware();
            dml.next(Plan.hold());
            OffHeapBuffer buffer = buffer(100);
            OffHeapBuffer other = buffer(100);
            VdmFuture<VdmOutput> late = mover.memset(buffer.segment(), (byte) 2);
            VdmFuture<VdmOutput> lateFromIt = mover.memcpy(other.segment(), buffer.segment());
            VdmFuture<VdmOutput> lateFlush =
                    mover.flush(
                            OffHeapBuffer.wrap(zeros(64), DurabilityDomain.CACHE_LINE).segment());
            VdmFuture<VdmOutput> fill = mover.memset(buffer.segment(), (byte) 1);
            fill.poll();
            Thread closer = beginToClose(buffer);
            for (VdmFuture<VdmOutput> refused : List.of(late, lateFromIt)) {
                assertSame(FutureState.COMPLETE, refused.poll());
                assertSame(VdmResult.SEGMENT_UNUSABLE, refused.result());
                assertTrue(refused.failure().getMessage().contains("a buffer was closed before"),
                        refused.failure().getMessage());
            }
            assertEquals(1, mover.slotsInUse());
            assertEquals(1, dml.submissions().size());
            assertEquals(0, other.operationsInFlight());
            assertSame(VdmResult.SUCCESS, finish(lateFlush).result());
            dml.releaseAll();
            closer.join();
            other.close();
        }
    }

    @Nested
    class WrittenBackWithoutAJob {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);

        private final CacheLineWriteBack lines = range -> {
            begun.countDown();
            try {
                assertTrue(mayEnd.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };

        @Test
        @DisplayName("a flush by libpmem or force() keeps its buffer open")
        void flushKeepsItsBufferOpen() throws Exception {
            DmlDataMover mover =
                    open(builder(DmlPath.SOFTWARE).durability(new Durability(lines, range -> {})));
            OffHeapBuffer buffer = OffHeapBuffer.wrap(zeros(100), DurabilityDomain.CACHE_LINE);
            VdmFuture<VdmOutput> flush = mover.flush(buffer.segment());
            VdmFuture<VdmOutput> late = mover.flush(buffer.segment());
            Thread flusher = Thread.ofPlatform().start(flush::poll);
            assertTrue(begun.await(30, TimeUnit.SECONDS));
            assertEquals(1, buffer.operationsInFlight());
            assertFalse(buffer.tryClose());
            Thread closer = beginToClose(buffer);
            assertSame(FutureState.COMPLETE, late.poll());
            assertSame(VdmResult.SEGMENT_UNUSABLE, late.result());
            assertTrue(closer.isAlive());
            mayEnd.countDown();
            closer.join();
            flusher.join();
            assertSame(VdmResult.SUCCESS, flush.result());
            assertEquals(0, buffer.operationsInFlight());
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"sync", "threads", "DML software", "DML hardware"})
    @DisplayName("every operation of every mover takes buffers like segments")
    void buffersAreTakenLikeSegments(String which) {
        Vdm mover = switch (which) {
            case "sync" -> SyncDataMover.open();
            case "threads" -> ThreadsDataMover.open();
            case "DML software" -> software();
            default -> hardware();
        };
        try (mover; OffHeapBuffer a = buffer(200); OffHeapBuffer b = buffer(200)) {
            MemorySegment source = noise(200);
            byte[] wanted = bytes(source);
            MemorySegment plain = zeros(200);
            VdmFlags hint = VdmFlags.NO_CACHE_HINT;

            done(mover.memcpy(a.segment(), source), wanted, a.segment());
            done(mover.memcpy(b.segment(), a.segment()), wanted, b.segment());
            done(mover.memcpy(plain, b.segment()), wanted, plain);
            clear(a, b, plain);
            done(mover.memcpy(a.segment(), source, hint), wanted, a.segment());
            done(mover.memcpy(b.segment(), a.segment(), hint), wanted, b.segment());
            done(mover.memcpy(plain, b.segment(), hint), wanted, plain);
            clear(a, b, plain);
            done(mover.memmove(a.segment(), source), wanted, a.segment());
            done(mover.memmove(b.segment(), a.segment()), wanted, b.segment());
            done(mover.memmove(plain, b.segment()), wanted, plain);
            clear(a, b, plain);
            done(mover.memmove(a.segment(), source, hint), wanted, a.segment());
            done(mover.memmove(b.segment(), a.segment(), hint), wanted, b.segment());
            done(mover.memmove(plain, b.segment(), hint), wanted, plain);

            System.arraycopy(wanted, 0, wanted, 10, 100);
            done(mover.memmove(a.slice(10, 100), a.slice(0, 100)), wanted, a.segment());
            java.util.Arrays.fill(wanted, 50, 60, (byte) 3);
            done(mover.memset(a.slice(50, 10), (byte) 3), wanted, a.segment());
            java.util.Arrays.fill(wanted, 60, 70, (byte) 4);
            done(mover.memset(a.slice(60, 10), (byte) 4, hint), wanted, a.segment());

            assertSame(VdmResult.UNSUPPORTED, finish(mover.flush(a.segment())).result());
            assertEquals(0, a.operationsInFlight() + b.operationsInFlight());
        }
    }

    private static void clear(OffHeapBuffer a, OffHeapBuffer b, MemorySegment plain) {
        a.segment().fill((byte) 0);
        b.segment().fill((byte) 0);
        plain.fill((byte) 0);
    }

    private static void done(VdmFuture<VdmOutput> future, byte[] wanted, MemorySegment written) {
        assertSame(VdmResult.SUCCESS, finish(future).result());
        assertArrayEquals(wanted, bytes(written));
    }
}
