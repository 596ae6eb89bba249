package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations that the software path executes in a single call. The mover never calls a simulated
 * library in this way, because it calls back into Java. These tests use a small library in C.
 */
class ExecutedAtOnceTest {
    /** Lengths below and above the limit of calls for which a garbage collection waits. */
    private static final int[] LENGTHS = {64, 4096, 16 << 10, (16 << 10) + 1, 100_000};

    private static final int REFUSED = 14;

    private final Arena arena = Arena.ofShared();
    private DmlDataMover mover;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        mover = DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .nativeMemoryIsPersistent(true)
                .library(DmlLibrary.open(LibraryFiles.executingDml(folder)))
                .path(DmlPath.SOFTWARE)
                .slots(4)
                .open();
    }

    @AfterEach
    void close() {
        mover.close();
        arena.close();
    }

    private MemorySegment random(long bytes) {
        byte[] content = new byte[(int) bytes];
        new Random(bytes).nextBytes(content);
        return arena.allocate(bytes, 64).copyFrom(MemorySegment.ofArray(content));
    }

    private static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void inlineCallsMoveFillAndCount() {
        long sum = 0;
        for (int length : LENGTHS) {
            MemorySegment source = random(length);
            MemorySegment destination = arena.allocate(length, 64);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
            assertEquals(FutureState.COMPLETE, copy.poll(), "the first poll executes it");
            copy.orThrow();
            assertEquals(ExecutionPath.DML_SOFTWARE, copy.path());
            assertArrayEquals(bytes(source), bytes(destination));
            mover.memset(destination, (byte) 0xa7).await();
            assertArrayEquals(bytes(arena.allocate(length).fill((byte) 0xa7)), bytes(destination));
            sum += 2L * length;
        }
        assertEquals(new MoverCounters(2 * LENGTHS.length, 2 * LENGTHS.length, 0, 0, sum, 0),
                mover.counters());
    }

    /**
     * If the submission returns early, the mover checks until the library has finished.
     */
    @Test
    void asynchronousLibraryIsChecked(@TempDir Path folder) throws Exception {
        try (var other = DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .nativeMemoryIsPersistent(true)
                .library(DmlLibrary.open(LibraryFiles.deferringDml(folder)))
                .path(DmlPath.SOFTWARE)
                .slots(2)
                .open()) {
            var operation = other.newOperation();
            for (int round = 1; round < 10; round++) {
                MemorySegment destination = arena.allocate(64);
                byte[] expected = new byte[64];
                Arrays.fill(expected, (byte) round);
                operation.memset(destination, (byte) round, VdmFlags.NONE).start();
                assertEquals(VdmResult.SUCCESS, operation.result());
                assertArrayEquals(expected, bytes(destination));
                other.memset(destination.fill((byte) 0), (byte) round).await();
                assertArrayEquals(expected, bytes(destination));
                VdmFuture<VdmOutput> refused = other.memset(arena.allocate(REFUSED), (byte) round);
                refused.busyPoll();
                assertEquals(VdmResult.INVALID_OPERATION, refused.result());
            }
        }
    }

    @Test
    void inlineCallsMoveOverlaps() {
        MemorySegment memory = random(300);
        byte[] before = bytes(memory);
        mover.memmove(memory.asSlice(60, 200), memory.asSlice(0, 200)).await();
        byte[] expected = before.clone();
        System.arraycopy(before, 0, expected, 60, 200);
        assertArrayEquals(expected, bytes(memory));
        try (Arena other = Arena.ofShared()) {
            MemorySegment destination = other.allocate(300);
            mover.memcpy(destination, memory).await();
            assertArrayEquals(expected, bytes(destination));
        }
    }

    @Test
    void inlineCallsOfSeveralThreadsAreCounted() throws Exception {
        int each = 10_000;
        Thread[] threads = new Thread[3];
        for (int i = 0; i < threads.length; i++) {
            MemorySegment source = random(64 + i);
            MemorySegment destination = arena.allocate(64 + i);
            boolean plain = i == 0;
            var operation = mover.newOperation();
            threads[i] = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    if (plain) {
                        mover.memcpy(destination, source).await();
                    } else {
                        assertEquals(FutureState.COMPLETE,
                                operation.memcpy(destination, source, VdmFlags.NONE)
                                        .start()
                                        .poll());
                    }
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(
                new MoverCounters(3 * each, 3 * each, 0, 0, (64 + 65 + 66) * each, 0),
                mover.counters());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusedInlineCallReportsItsStatus(boolean durable) {
        MemorySegment destination = arena.allocate(REFUSED);
        var operation = mover.newOperation();
        VdmFlags flags = durable ? VdmFlags.MEM_DURABLE : VdmFlags.NONE;
        for (int round = 0; round < 10; round++) { // more rounds than jobs
            operation.memset(destination, (byte) 1, flags).start();
            assertRefused(operation.failure(), operation.path());
            VdmFuture<VdmOutput> fill = mover.memset(destination, (byte) 1, flags);
            assertEquals(FutureState.COMPLETE, fill.poll());
            assertRefused(fill.failure(), fill.path());
        }
        assertArrayEquals(new byte[REFUSED], bytes(destination));
        assertEquals(new MoverCounters(20, 0, 20, 0, 0, 0), mover.counters());
        MemorySegment good = arena.allocate(64);
        operation.memset(good, (byte) 2, flags).start();
        assertEquals(VdmResult.SUCCESS, operation.result());
        assertEquals(2, good.get(ValueLayout.JAVA_BYTE, 63));
    }

    private static void assertRefused(VdmException failure, ExecutionPath path) {
        assertEquals(VdmResult.INVALID_OPERATION, failure.result());
        assertTrue(failure.getMessage().contains("(" + REFUSED + ")"), failure.getMessage());
        assertEquals(ExecutionPath.NONE, path);
    }

    @Test
    void durableInlineCopyTakesTwoCalls() {
        MemorySegment source = random(8192);
        MemorySegment destination = arena.allocate(8192 + 64, 64);
        // 8 KiB from the middle of a line cover a further line. The library requires whole lines
        // and does not refuse this length.
        mover.memcpy(destination.asSlice(5, 8192), source, VdmFlags.MEM_DURABLE).await();
        assertArrayEquals(bytes(source), bytes(destination.asSlice(5, 8192)));
        mover.flush(destination.asSlice(5, 100)).await();

        VdmFuture<VdmOutput> copy =
                mover.memcpy(destination.asSlice(0, 8192), source, VdmFlags.MEM_DURABLE);
        assertEquals(FutureState.COMPLETE, copy.poll());
        assertTrue(copy.failure().getMessage().contains("(" + LibraryFiles.NOT_WRITTEN_BACK + ")"),
                copy.failure().getMessage());
        assertEquals(ExecutionPath.DML_SOFTWARE, copy.path());
        assertArrayEquals(bytes(source), bytes(destination.asSlice(0, 8192)), "moved before that");
        VdmFuture<VdmOutput> flush = mover.flush(destination.asSlice(0, 8192));
        assertEquals(FutureState.COMPLETE, flush.poll());
        assertEquals(ExecutionPath.NONE, flush.path());
        assertEquals(new MoverCounters(4, 2, 2, 0, 8192 + 100, 0), mover.counters());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closedArenaFailsWithoutACall(boolean durable) {
        Arena closing = Arena.ofShared();
        MemorySegment source = closing.allocate(64).fill((byte) 3);
        MemorySegment destination = arena.allocate(64);
        VdmFuture<VdmOutput> copy =
                mover.memcpy(destination, source, durable ? VdmFlags.MEM_DURABLE : VdmFlags.NONE);
        closing.close();
        assertEquals(FutureState.COMPLETE, copy.poll());
        assertEquals(VdmResult.SEGMENT_UNUSABLE, copy.result());
        assertEquals(ExecutionPath.NONE, copy.path());
        assertArrayEquals(new byte[64], bytes(destination));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void confinedFutureStaysIdleForItsThread(boolean durable) throws Exception {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment source = confined.allocate(64).fill((byte) 3);
            MemorySegment destination = arena.allocate(64);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source,
                    durable ? VdmFlags.MEM_DURABLE : VdmFlags.NONE);
            var caught = new Throwable[1];
            var done = new CountDownLatch(1);
            Thread.ofPlatform().start(() -> {
                caught[0] = assertThrows(WrongThreadException.class, copy::poll);
                done.countDown();
            });
            done.await();
            assertTrue(caught[0] instanceof WrongThreadException, String.valueOf(caught[0]));
            assertEquals(FutureState.IDLE, copy.state());
            copy.await();
            assertArrayEquals(bytes(source), bytes(destination));
        }
    }

    @Test
    void inlineCallReleasesItsBuffers() {
        MemorySegment source = random(100);
        try (var buffer = OffHeapBuffer.wrap(arena.allocate(100), DurabilityDomain.CACHE_LINE)) {
            mover.memcpy(buffer.segment(), source, VdmFlags.MEM_DURABLE).await();
            mover.memcpy(buffer.segment().asSlice(0, REFUSED), source.asSlice(0, REFUSED),
                    VdmFlags.MEM_DURABLE).poll();
            assertArrayEquals(bytes(source), bytes(buffer.segment()));
            assertEquals(0, buffer.operationsInFlight());
            assertTrue(buffer.tryClose());
        }
    }
}
