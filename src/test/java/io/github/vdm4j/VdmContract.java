package io.github.vdm4j;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollableFuture;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of every {@link Vdm}. A mover's test extends this class and opens the mover. The
 * protected methods below skip tests that do not apply to a mover. Tests are public, because
 * Surefire may open only the subclass's package to JUnit.
 */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class VdmContract {
    private Arena arena;
    private Vdm mover;

    /** Opens the mover under test. This class closes it after each test. */
    protected abstract Vdm open();

    /** Returns the paths that may execute an operation of at least one byte. */
    protected abstract Set<ExecutionPath> paths();

    /**
     * Returns whether the mover takes heap segments. If it does not, it refuses them with a reason.
     */
    protected boolean takesHeapSegments() {
        return true;
    }

    /**
     * Returns whether the mover takes segments that are confined to the calling thread. If it does
     * not, it refuses them with a reason.
     */
    protected boolean takesConfinedSegments() {
        return true;
    }

    /** Returns the open mover. */
    protected final Vdm mover() {
        return mover;
    }

    /** Returns native memory that any thread may access, released after the test. */
    protected final MemorySegment memory(long bytes) {
        return arena.allocate(bytes, 64);
    }

    /** Returns native memory with bytes that the seed determines. */
    protected final MemorySegment noise(long bytes, long seed) {
        MemorySegment segment = memory(bytes);
        byte[] content = new byte[(int) bytes];
        new Random(seed).nextBytes(content);
        return segment.copyFrom(MemorySegment.ofArray(content));
    }

    /** Returns all bytes of a segment. */
    protected static byte[] bytes(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }

    @BeforeEach
    public final void openMover() {
        arena = Arena.ofShared();
        mover = open();
    }

    @AfterEach
    public final void closeMover() {
        mover.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static void assertSucceeded(VdmFuture<VdmOutput> future) {
        assertAll(
                () -> assertEquals(FutureState.COMPLETE, future.state()),
                () -> assertEquals(VdmResult.SUCCESS, future.result()),
                () -> assertNull(future.failure()));
    }

    /** Returns an operation of a type on ranges of the same size. */
    private VdmFuture<VdmOutput> operation(VdmOperationType type, MemorySegment destination,
            MemorySegment source) {
        return switch (type) {
            case MEMCPY -> mover.memcpy(destination, source);
            case MEMMOVE -> mover.memmove(destination, source);
            case MEMSET -> mover.memset(destination, (byte) 0x5a);
            case FLUSH -> mover.flush(destination);
            default -> throw new AssertionError(type);
        };
    }

    // ---- bytes

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 2, 3, 7, 8, 63, 64, 65, 100, 1_000, 4_096, 65_537, 1_048_576})
    @DisplayName("memcpy writes every byte of the destination and no other byte")
    public void memcpyWritesOnlyTheDestination(int size) {
        MemorySegment source = noise(size, size);
        MemorySegment around = noise(size + 128, 1);
        byte[] expected = bytes(around);
        System.arraycopy(bytes(source), 0, expected, 61, size);

        VdmFuture<VdmOutput> copy = mover.memcpy(around.asSlice(61, size), source);
        copy.busyPoll();

        assertSucceeded(copy);
        assertArrayEquals(expected, bytes(around));
        assertTrue(paths().contains(copy.path()), () -> "ran on " + copy.path());
    }

    @ParameterizedTest(name = "a buffer of {0} bytes")
    @ValueSource(ints = {4, 12, 1_024})
    @DisplayName("memmove over a quarter of the buffer copies the old source, in both directions")
    public void memmoveKeepsTheOldSource(int size) {
        int quarter = size / 4;
        MemorySegment forwards = noise(size, 5);
        byte[] expected = bytes(forwards);
        System.arraycopy(expected, 0, expected, quarter, 2 * quarter);
        VdmFuture<VdmOutput> up = mover.memmove(forwards.asSlice(quarter, 2L * quarter),
                forwards.asSlice(0, 2L * quarter));
        up.busyPoll();
        assertSucceeded(up);
        assertArrayEquals(expected, bytes(forwards));

        MemorySegment backwards = noise(size, 6);
        expected = bytes(backwards);
        System.arraycopy(expected, quarter, expected, 0, 2 * quarter);
        VdmFuture<VdmOutput> down = mover.memmove(backwards.asSlice(0, 2L * quarter),
                backwards.asSlice(quarter, 2L * quarter));
        down.busyPoll();
        assertSucceeded(down);
        assertArrayEquals(expected, bytes(backwards));
    }

    @ParameterizedTest(name = "overlap of {0} bytes")
    @ValueSource(ints = {4, 12, 1_024})
    @DisplayName("memmove of ranges that share a few bytes, in both directions")
    public void memmoveCopiesRangesThatShareAFewBytes(int overlap) {
        int size = overlap + 1_500;
        for (int direction : new int[]{1, -1}) {
            MemorySegment buffer = noise(2L * size - overlap, overlap);
            int low = 0;
            int high = size - overlap;
            int to = direction > 0 ? high : low;
            int from = direction > 0 ? low : high;
            byte[] expected = bytes(buffer);
            System.arraycopy(expected, from, expected, to, size);

            VdmFuture<VdmOutput> move =
                    mover.memmove(buffer.asSlice(to, size), buffer.asSlice(from, size));
            move.busyPoll();

            assertSucceeded(move);
            assertArrayEquals(expected, bytes(buffer));
        }
    }

    @Test
    @DisplayName("memmove onto itself changes nothing and succeeds")
    public void memmoveOntoItselfChangesNothing() {
        MemorySegment buffer = noise(4_099, 9);
        byte[] before = bytes(buffer);
        VdmFuture<VdmOutput> move = mover.memmove(buffer, buffer);
        move.busyPoll();
        assertSucceeded(move);
        assertArrayEquals(before, bytes(buffer));
    }

    @ParameterizedTest(name = "with {0}")
    @ValueSource(bytes = {'!', 'a', 'X', (byte) 0xa5, 0x5a, 0, -1, Byte.MIN_VALUE})
    @DisplayName("memset of the first half does not change the second")
    public void memsetOfAHalfKeepsTheSecondHalf(byte value) {
        MemorySegment text =
                memory(11).copyFrom(
                        MemorySegment.ofArray("teststring\0".getBytes(StandardCharsets.UTF_8)));
        VdmFuture<VdmOutput> fill = mover.memset(text.asSlice(0, 5), value);
        fill.busyPoll();
        assertSucceeded(fill);
        assertArrayEquals(
                new byte[]{value, value, value, value, value, 't', 'r', 'i', 'n', 'g', 0},
                bytes(text));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = VdmOperationType.class, names = {"MEMCPY", "MEMMOVE", "MEMSET", "FLUSH"})
    @DisplayName("H4: an operation of 0 bytes succeeds at its first poll with path NONE")
    public void emptyOperationSucceedsAtItsFirstPoll(VdmOperationType type) {
        MemorySegment empty = memory(8).asSlice(3, 0);
        VdmFuture<VdmOutput> future = operation(type, empty, empty);
        assertEquals(FutureState.IDLE, future.state());
        if (future.poll() != FutureState.COMPLETE) {
            future.busyPoll(); // A mover with threads may hand the operation over.
        }
        assertSucceeded(future);
        assertEquals(ExecutionPath.NONE, future.path());
        assertEquals(type, future.output().type());
    }

    @Test
    @DisplayName("an address without a size is empty: the copy succeeds and moves nothing")
    public void addressWithoutSizeCopiesNothing() {
        MemorySegment source = noise(64, 1);
        MemorySegment destination = noise(64, 2);
        byte[] before = bytes(destination);
        VdmFuture<VdmOutput> copy = mover.memcpy(MemorySegment.ofAddress(destination.address()),
                MemorySegment.ofAddress(source.address()));
        copy.busyPoll();
        assertSucceeded(copy);
        assertArrayEquals(before, bytes(destination));
        assertEquals(ExecutionPath.NONE, copy.path());
    }

    // ---- states and output

    @Test
    @DisplayName("a new future is idle and has written nothing")
    public void newFutureIsIdleAndWritesNothing() {
        MemorySegment destination = noise(64, 1);
        byte[] before = bytes(destination);
        VdmFuture<VdmOutput> copy = mover.memcpy(destination, noise(64, 2));
        assertEquals(FutureState.IDLE, copy.state());
        assertArrayEquals(before, bytes(destination));
        assertAll(
                () -> assertThrows(IllegalStateException.class, copy::output),
                () -> assertThrows(IllegalStateException.class, copy::result),
                () -> assertThrows(IllegalStateException.class, copy::failure),
                () -> assertThrows(IllegalStateException.class, copy::path),
                () -> assertThrows(IllegalStateException.class, copy::orThrow));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = VdmOperationType.class, names = {"MEMCPY", "MEMMOVE", "MEMSET"})
    @DisplayName("H7: the output has the requested operation, its result, destination and path")
    public void outputNamesTheRequestedOperation(VdmOperationType type) {
        MemorySegment destination = memory(32);
        VdmFuture<VdmOutput> future = operation(type, destination, memory(32));
        VdmOutput output = future.await();
        assertEquals(type, future.type());
        assertEquals(type, output.type());
        assertEquals(VdmResult.SUCCESS, output.result());
        assertSame(destination, output.destination());
        assertTrue(paths().contains(output.path()), output::toString);
        assertEquals(output, future.output());
    }

    @Test
    @DisplayName("a poll of a complete future does nothing")
    public void pollOfACompleteFutureDoesNothing() {
        MemorySegment destination = memory(16);
        VdmFuture<VdmOutput> fill = mover.memset(destination, (byte) 1);
        fill.busyPoll();
        destination.fill((byte) 2);
        assertEquals(FutureState.COMPLETE, fill.poll());
        fill.busyPoll();
        assertArrayEquals(new byte[]{2, 2, 2, 2}, bytes(destination.asSlice(0, 4)));
        assertSucceeded(fill);
    }

    @Test
    @DisplayName("H13: several polling threads execute an operation once, and all see it complete")
    public void severalPollersExecuteAnOperationOnce() throws Exception {
        int threads = 4;
        int rounds = 200;
        MemorySegment buffer = memory(4_097);
        AtomicReference<VdmFuture<VdmOutput>> current = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        var barrier = new CyclicBarrier(threads + 1);
        List<Thread> pollers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            pollers.add(Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int round = 0; round < rounds; round++) {
                        barrier.await(30, TimeUnit.SECONDS);
                        VdmFuture<VdmOutput> future = current.get();
                        future.busyPoll();
                        if (future.result() != VdmResult.SUCCESS || buffer.get(JAVA_BYTE, 1) != 1) {
                            throw new AssertionError(
                                    "a thread saw COMPLETE without the bytes in round " + round);
                        }
                        barrier.await(30, TimeUnit.SECONDS);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (int round = 0; round < rounds && failure.get() == null; round++) {
            // A move by one byte turns 1 0 0 ... into 1 1 0 ... A second move would give 1 1 1 0
            // ...
            buffer.fill((byte) 0);
            buffer.set(JAVA_BYTE, 0, (byte) 1);
            current.set(mover.memmove(buffer.asSlice(1), buffer.asSlice(0, 4_096)));
            barrier.await(30, TimeUnit.SECONDS);
            barrier.await(30, TimeUnit.SECONDS);
            assertArrayEquals(new byte[]{1, 1, 0, 0}, bytes(buffer.asSlice(0, 4)));
        }
        for (Thread poller : pollers) {
            poller.join(30_000);
        }
        assertNull(failure.get(), () -> failure.get().toString());
    }

    // ---- errors at the call

    @Test
    @DisplayName("H6: memcpy refuses overlapping ranges in both directions, with the ranges and "
            + "the overlap")
    public void memcpyRefusesOverlappingRanges() {
        MemorySegment buffer = noise(100, 3);
        byte[] before = bytes(buffer);
        MemorySegment low = buffer.asSlice(0, 60);
        MemorySegment high = buffer.asSlice(40, 60);
        for (MemorySegment[] pair : new MemorySegment[][]{{low, high}, {high, low}}) {
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> mover.memcpy(pair[0], pair[1]));
            String message = refused.getMessage();
            assertAll(
                    () -> assertTrue(message.startsWith("memcpy: source"), message),
                    () -> assertTrue(message.contains("overlap by 20 bytes; use memmove"), message),
                    () -> assertTrue(message.contains("[0x%x, +60)".formatted(low.address())),
                            message),
                    () -> assertTrue(message.contains("[0x%x, +60)".formatted(high.address())),
                            message));
        }
        var same = assertThrows(IllegalArgumentException.class,
                () -> mover.memcpy(low, buffer.asSlice(0, 60)));
        assertTrue(same.getMessage().contains("overlap by 60 bytes"), same.getMessage());
        var oneByte = assertThrows(
                IllegalArgumentException.class,
                () -> mover.memcpy(buffer.asSlice(0, 50), buffer.asSlice(49, 50)));
        assertTrue(oneByte.getMessage().contains("overlap by 1 bytes"), oneByte.getMessage());
        assertArrayEquals(before, bytes(buffer));
    }

    @Test
    @DisplayName("memcpy takes adjacent ranges")
    public void memcpyTakesAdjacentRanges() {
        MemorySegment buffer = noise(100, 3);
        mover.memcpy(buffer.asSlice(0, 50), buffer.asSlice(50, 50)).await();
        assertArrayEquals(bytes(buffer.asSlice(50)), bytes(buffer.asSlice(0, 50)));
    }

    @Test
    @DisplayName("ranges of different sizes are refused with both sizes")
    public void differentSizesAreRefused() {
        MemorySegment five = memory(5);
        MemorySegment four = memory(4);
        var copy = assertThrows(IllegalArgumentException.class, () -> mover.memcpy(five, four));
        assertTrue(
                copy.getMessage()
                        .startsWith("memcpy: the destination has 5 bytes and the source 4"),
                copy.getMessage());
        var move = assertThrows(IllegalArgumentException.class, () -> mover.memmove(four, five));
        assertTrue(
                move.getMessage()
                        .startsWith("memmove: the destination has 4 bytes and the source 5"),
                move.getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = VdmOperationType.class, names = {"MEMCPY", "MEMMOVE", "MEMSET"})
    @DisplayName("a read-only destination is refused, a read-only source is not")
    public void readOnlyDestinationIsRefused(VdmOperationType type) {
        MemorySegment source = noise(8, 1);
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> operation(type, memory(8).asReadOnly(), source));
        assertTrue(refused.getMessage().startsWith(type + ": the destination ["),
                refused.getMessage());
        assertTrue(refused.getMessage().endsWith("is read-only"), refused.getMessage());

        MemorySegment destination = memory(8);
        operation(type, destination, source.asReadOnly()).await();
        if (type != VdmOperationType.MEMSET) {
            assertArrayEquals(bytes(source), bytes(destination));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = VdmOperationType.class, names = {"MEMCPY", "MEMMOVE", "MEMSET", "FLUSH"})
    @DisplayName("a segment whose arena is closed is refused at the call, by its role")
    public void segmentOfAClosedArenaIsRefusedAtTheCall(VdmOperationType type) {
        MemorySegment dead;
        try (Arena gone = Arena.ofShared()) {
            dead = gone.allocate(16);
        }
        var destination =
                assertThrows(IllegalStateException.class, () -> operation(type, dead, memory(16)));
        assertTrue(destination.getMessage().startsWith(type + ": the arena of the destination"),
                destination.getMessage());
        if (type == VdmOperationType.MEMCPY || type == VdmOperationType.MEMMOVE) {
            var source = assertThrows(IllegalStateException.class,
                    () -> operation(type, memory(16), dead));
            assertTrue(source.getMessage().startsWith(type + ": the arena of the source"),
                    source.getMessage());
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = VdmOperationType.class, names = {"MEMCPY", "MEMMOVE", "MEMSET"})
    @DisplayName("an arena that is closed before the first poll fails the operation")
    public void arenaClosedBeforeTheFirstPollFailsTheOperation(VdmOperationType type) {
        VdmFuture<VdmOutput> future;
        try (Arena brief = Arena.ofShared()) {
            future = operation(type, brief.allocate(64), memory(64));
        }
        future.busyPoll();
        assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
        var failure = assertThrows(VdmException.class, future::await);
        assertEquals(VdmResult.SEGMENT_UNUSABLE, failure.result());
        assertTrue(failure.getMessage().startsWith(type + " of 64 bytes failed"),
                failure.getMessage());
    }

    @Test
    @DisplayName("a source that is closed before the first poll fails the operation")
    public void sourceClosedBeforeTheFirstPollFailsTheOperation() {
        MemorySegment destination = noise(64, 4);
        byte[] before = bytes(destination);
        VdmFuture<VdmOutput> future;
        try (Arena brief = Arena.ofShared()) {
            future = mover.memcpy(destination, brief.allocate(64));
        }
        future.busyPoll();
        assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result());
        assertArrayEquals(before, bytes(destination));
    }

    @Test
    @DisplayName("a segment confined to another thread is refused with WrongThreadException")
    public void segmentConfinedToAnotherThreadIsRefused() throws Exception {
        var foreign = new AtomicReference<MemorySegment>();
        Thread owner = Thread.ofPlatform().start(() -> foreign.set(Arena.ofConfined().allocate(8)));
        owner.join();
        var destination = assertThrows(WrongThreadException.class,
                () -> mover.memcpy(foreign.get(), memory(8)));
        assertTrue(destination.getMessage().startsWith("memcpy: the destination ["),
                destination.getMessage());
        var source = assertThrows(WrongThreadException.class,
                () -> mover.memcpy(memory(8), foreign.get()));
        assertTrue(source.getMessage().startsWith("memcpy: the source ["), source.getMessage());
    }

    @Test
    @DisplayName("segments confined to the calling thread work, or are refused with the reason")
    public void confinedSegmentsWorkOrAreRefused() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment segment = confined.allocate(16);
            if (takesConfinedSegments()) {
                mover.memset(segment, (byte) 7).await();
                assertArrayEquals(new byte[]{7, 7}, bytes(segment.asSlice(14)));
            } else {
                var refused = assertThrows(IllegalArgumentException.class,
                        () -> mover.memset(segment, (byte) 7));
                assertTrue(refused.getMessage().contains("16 bytes is in a confined arena"),
                        refused.getMessage());
                assertThrows(IllegalArgumentException.class,
                        () -> mover.memcpy(memory(16), segment));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 16, 64 << 10})
    @DisplayName("a poll on the wrong thread throws, and the future stays idle for its own thread")
    public void futureStaysIdleIfTheWrongThreadPolls(long bytes) throws Exception {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment segment = confined.allocate(bytes, 64);
            if (!takesConfinedSegments()) {
                assertThrows(IllegalArgumentException.class,
                        () -> mover.memcpy(segment, memory(bytes)));
                return;
            }
            MemorySegment source = noise(bytes, 7);
            VdmFuture<VdmOutput> copy = mover.memcpy(segment, source);
            var thrown = new AtomicReference<Throwable>();
            Thread wrong = Thread.ofPlatform().start(() -> {
                try {
                    copy.poll();
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            wrong.join();
            assertInstanceOf(WrongThreadException.class, thrown.get());
            String message = thrown.get().getMessage();
            assertTrue(message.startsWith("memcpy: a segment is confined to another thread than "),
                    message);
            assertTrue(message.endsWith(". Poll on the thread that owns the memory, or use a shared"
                    + " arena [VDM-WRONG-THREAD]"), message);
            assertEquals(FutureState.IDLE, copy.state());
            copy.await();
            assertArrayEquals(bytes(source), bytes(segment));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = VdmOperationType.class, names = {"MEMCPY", "MEMMOVE", "MEMSET", "FLUSH"})
    @DisplayName("an operation of 0 bytes succeeds after its arena was closed")
    public void emptyOperationOnAClosedArenaSucceeds(VdmOperationType type) {
        VdmFuture<VdmOutput> future;
        try (Arena brief = Arena.ofShared()) {
            MemorySegment empty = brief.allocate(8).asSlice(3, 0);
            future = operation(type, empty, empty);
        }
        future.busyPoll();
        assertSucceeded(future);
        assertEquals(ExecutionPath.NONE, future.path());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 64, 16 << 10, 64 << 10, 2 << 20, 16 << 20})
    @DisplayName("a confined arena that is closed before the first poll fails it on every thread")
    public void closedConfinedArenaFailsOnEveryThread(long bytes) throws Exception {
        if (!takesConfinedSegments()) {
            return;
        }
        List<VdmFuture<?>> futures = new ArrayList<>();
        MemorySegment open = memory(bytes);
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment closed = confined.allocate(bytes);
            futures.add(mover.memset(closed, (byte) 1));
            futures.add(mover.memcpy(closed, open));
            futures.add(mover.memmove(open, closed));
            futures.add(mover.compare(open, closed));
            futures.add(mover.batch().memset(closed, (byte) 1, VdmFlags.NONE).nop().submit());
        }
        var failure = new AtomicReference<Throwable>();
        Thread stranger = Thread.ofPlatform().start(() -> {
            try {
                futures.forEach(PollableFuture::busyPoll);
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        stranger.join();
        assertNull(failure.get(), () -> "" + failure.get());
        for (VdmFuture<?> future : futures) {
            assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result(), future::toString);
        }
    }

    @Test
    @DisplayName("heap segments work, or are refused with the reason")
    public void heapSegmentsWorkOrAreRefused() {
        byte[] from = {1, 2, 3, 4, 5};
        byte[] to = new byte[5];
        MemorySegment source = MemorySegment.ofArray(from);
        MemorySegment destination = MemorySegment.ofArray(to);
        if (takesHeapSegments()) {
            mover.memcpy(destination, source).await();
            assertArrayEquals(from, to);
            mover.memset(destination.asSlice(1, 3), (byte) 9).await();
            assertArrayEquals(new byte[]{1, 9, 9, 9, 5}, to);
            mover.memmove(destination.asSlice(2, 3), destination.asSlice(0, 3)).await();
            assertArrayEquals(new byte[]{1, 9, 1, 9, 9}, to);
            MemorySegment outside = memory(5);
            mover.memcpy(outside, destination).await();
            assertArrayEquals(to, bytes(outside));
            var overlap = assertThrows(
                    IllegalArgumentException.class,
                    () -> mover.memcpy(destination.asSlice(0, 3), destination.asSlice(1, 3)));
            assertTrue(overlap.getMessage().contains("overlap by 2 bytes"), overlap.getMessage());
        } else {
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> mover.memcpy(memory(5), source));
            assertTrue(
                    refused.getMessage()
                            .startsWith("memcpy: the source is a heap segment of 5 bytes"),
                    refused.getMessage());
            assertThrows(IllegalArgumentException.class,
                    () -> mover.memcpy(destination, memory(5)));
            assertThrows(IllegalArgumentException.class,
                    () -> mover.memmove(destination, memory(5)));
            assertThrows(IllegalArgumentException.class, () -> mover.memset(destination, (byte) 1));
            assertThrows(IllegalArgumentException.class, () -> mover.flush(destination));
            assertArrayEquals(new byte[5], to);
        }
    }

    @Test
    @DisplayName("null is refused at the call")
    public void nullIsRefusedAtTheCall() {
        MemorySegment some = memory(8);
        assertAll(
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memcpy((MemorySegment) null, some)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memcpy(some, (MemorySegment) null)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memcpy(some, memory(8), null)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memmove((MemorySegment) null, some)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memmove(some, (MemorySegment) null)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.newOperation().memcpy(some, null, VdmFlags.NONE)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.newOperation().memmove(some, null, VdmFlags.NONE)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memset((MemorySegment) null, (byte) 0)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.memset(some, (byte) 0, null)),
                () -> assertThrows(NullPointerException.class,
                        () -> mover.flush((MemorySegment) null)),
                () -> assertThrows(NullPointerException.class, () -> mover.isSupported(null)));
    }

    // ---- flags and durability

    @Test
    @DisplayName("isSupported is true for a set of flags if it is true for each flag")
    public void isSupportedIsCorrectForEverySetOfFlags() {
        boolean durable = mover.isSupported(VdmFlags.MEM_DURABLE);
        boolean noCache = mover.isSupported(VdmFlags.NO_CACHE_HINT);
        assertTrue(mover.isSupported(VdmFlags.NONE));
        assertTrue(noCache, "a hint is supported by being accepted");
        assertEquals(durable && noCache,
                mover.isSupported(VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT)));
    }

    @Test
    @DisplayName("NO_CACHE_HINT moves the same bytes, and the future keeps the flags")
    public void noCacheHintMovesTheSameBytes() {
        MemorySegment source = noise(5_000, 12);
        MemorySegment destination = memory(5_000);
        VdmFuture<VdmOutput> copy = mover.memcpy(destination, source, VdmFlags.NO_CACHE_HINT);
        copy.await();
        assertSame(VdmFlags.NO_CACHE_HINT, copy.flags());
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    @DisplayName("H22: durable operations and flush work on a mapped file")
    public void durableOperationsSucceedOnAMappedFile(@TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("durable");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(20_000));
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 20_000, arena);
            MemorySegment source = noise(9_001, 2);

            VdmFuture<VdmOutput> copy =
                    mover.memcpy(mapped.asSlice(777, 9_001), source, VdmFlags.MEM_DURABLE);
            copy.await();
            VdmFuture<VdmOutput> fill =
                    mover.memset(mapped.asSlice(10_000, 100), (byte) 3, VdmFlags.MEM_DURABLE);
            fill.await();
            mapped.set(JAVA_BYTE, 19_999, (byte) 4);
            VdmFuture<VdmOutput> flush = mover.flush(mapped.asSlice(15_000));
            flush.await();

            assertEquals(VdmOperationType.FLUSH, flush.output().type());
            byte[] content = Files.readAllBytes(file);
            byte[] expected = new byte[20_000];
            System.arraycopy(bytes(source), 0, expected, 777, 9_001);
            Arrays.fill(expected, 10_000, 10_100, (byte) 3);
            expected[19_999] = 4;
            assertArrayEquals(expected, content);
        }
    }

    // ---- waiting and composing

    @Test
    @DisplayName("a runtime waits for many operations of one mover")
    public void runtimeWaitsForManyOperations() {
        int count = 30;
        MemorySegment source = noise(10_000, 1);
        MemorySegment destination = memory(10_000L * count);
        List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            copies.add(mover.memcpy(destination.asSlice(10_000L * i, 10_000), source));
        }
        new FutureRuntime().waitAll(copies);
        for (int i = 0; i < count; i++) {
            assertSucceeded(copies.get(i));
            assertEquals(-1, destination.asSlice(10_000L * i, 10_000).mismatch(source));
        }
    }

    @Test
    @DisplayName("a chain allocates memory and copies a text into it: eager source, lazy "
            + "destination")
    public void chainAllocatesMemoryAndCopiesIntoIt() {
        byte[] text = "Hello World!\0".getBytes(StandardCharsets.UTF_8);
        MemorySegment source = memory(text.length).copyFrom(MemorySegment.ofArray(text));
        FutureChain<Long> duplicate = FutureChain
                .ofLazy(() -> PollableFuture.completed(memory(source.byteSize())))
                .then(made -> mover.memcpy(made, source))
                .map(done -> {
                    assertEquals("Hello World!", done.destination().getString(0));
                    return done.destination().byteSize();
                });
        assertEquals(13L, duplicate.await());
    }

    // ---- reuse

    @Test
    @DisplayName("one operation is reused many times, each time with its own bytes")
    public void operationIsReusedManyTimes() {
        VdmOperation operation = mover.newOperation();
        MemorySegment destination = memory(1_000);
        for (int round = 0; round < 50; round++) {
            MemorySegment source = noise(1_000, round);
            operation.memcpy(destination, source, VdmFlags.NONE);
            assertEquals(FutureState.IDLE, operation.state());
            operation.start().busyPoll();
            operation.orThrow();
            assertEquals(VdmOperationType.MEMCPY, ((VdmOutput) operation.output()).type());
            assertEquals(-1, destination.mismatch(source));

            operation.memset(destination.asSlice(0, 10), (byte) round, VdmFlags.NONE)
                    .start()
                    .busyPoll();
            assertEquals(VdmOperationType.MEMSET, ((VdmOutput) operation.output()).type());
            assertEquals((byte) round, destination.get(JAVA_BYTE, 9));
            assertEquals(-1, destination.asSlice(10).mismatch(source.asSlice(10)));
        }
    }

    @Test
    @DisplayName("again() repeats the last preparation, even after a failed preparation")
    public void againRepeatsTheLastPreparation() {
        VdmOperation operation = mover.newOperation();
        MemorySegment source = noise(100, 1);
        MemorySegment destination = memory(100);
        operation.memmove(destination, source, VdmFlags.NO_CACHE_HINT).start().busyPoll();
        source.fill((byte) 9);
        operation.again();
        assertEquals(FutureState.IDLE, operation.state());
        operation.busyPoll();
        assertEquals(VdmResult.SUCCESS, operation.result());
        assertEquals(VdmOperationType.MEMMOVE, ((VdmOutput) operation.output()).type());
        assertEquals(9, destination.get(JAVA_BYTE, 99));

        operation.again();
        assertTrue(operation.cancel());
        assertEquals(VdmResult.CANCELLED, operation.result());
        source.fill((byte) 8);
        operation.again().busyPoll();
        assertEquals(VdmResult.SUCCESS, operation.result());
        assertNull(operation.failure());
        assertEquals(8, destination.get(JAVA_BYTE, 99));
    }

    @Test
    @DisplayName("startWhenPrepared starts each preparation, and again()")
    public void operationStartsWhenItIsPrepared() {
        VdmOperation operation = mover.newOperation();
        MemorySegment destination = memory(1_000);
        assertSame(operation, operation.startWhenPrepared());
        assertThrows(IllegalStateException.class, operation::poll);
        for (int round = 0; round < 50; round++) {
            MemorySegment source = noise(1_000, round);
            assertSame(operation, operation.memcpy(destination, source, VdmFlags.NONE));
            assertNotEquals(FutureState.IDLE, operation.state());
            operation.busyPoll();
            operation.orThrow();
            assertEquals(-1, destination.mismatch(source));
            destination.fill((byte) 0);
            operation.again();
            assertNotEquals(FutureState.IDLE, operation.state());
            operation.busyPoll();
            operation.orThrow();
            assertEquals(-1, destination.mismatch(source));
        }
        assertThrows(IllegalArgumentException.class,
                () -> operation.memcpy(memory(3), memory(4), VdmFlags.NONE));
        assertEquals(FutureState.COMPLETE, operation.state());
    }

    @Test
    @DisplayName("an unprepared operation has no state and no output")
    public void unpreparedOperationHasNoState() {
        VdmOperation operation = mover.newOperation();
        assertAll(
                () -> assertThrows(IllegalStateException.class, operation::start),
                () -> assertThrows(IllegalStateException.class, operation::poll),
                () -> assertThrows(IllegalStateException.class, operation::again),
                () -> assertThrows(IllegalStateException.class, operation::result),
                () -> assertThrows(IllegalStateException.class, operation::output),
                () -> assertThrows(IllegalStateException.class, operation::failure),
                () -> assertThrows(IllegalStateException.class, operation::path),
                () -> assertThrows(IllegalStateException.class, operation::cancel),
                () -> assertThrows(IllegalStateException.class, operation::orThrow),
                () -> assertEquals("not prepared", operation.toString()));
    }

    @Test
    @DisplayName("refused arguments keep the earlier preparation")
    public void refusedArgumentsKeepThePreparedOperation() {
        MemorySegment destination = memory(8);
        VdmOperation operation = mover.newOperation().memset(destination, (byte) 1, VdmFlags.NONE);
        assertThrows(
                IllegalArgumentException.class,
                () -> operation.memcpy(memory(3), memory(4), VdmFlags.NONE));
        operation.busyPoll();
        assertEquals(VdmResult.SUCCESS, operation.result());
        assertEquals(1, destination.get(JAVA_BYTE, 7));
    }

    // ---- cancelling, dropping, closing

    @Test
    @DisplayName("H23: a future that is cancelled before its first poll writes nothing")
    public void futureCancelledBeforeItsPollWritesNothing() {
        MemorySegment destination = noise(64, 4);
        byte[] before = bytes(destination);
        VdmFuture<VdmOutput> fill = mover.memset(destination, (byte) 0);
        assertTrue(fill.cancel());
        assertEquals(FutureState.COMPLETE, fill.poll());
        assertEquals(VdmResult.CANCELLED, fill.result());
        assertEquals(ExecutionPath.NONE, fill.path());
        var failure = assertThrows(VdmException.class, fill::orThrow);
        assertEquals("memset of 64 bytes was cancelled before it was started",
                failure.getMessage());
        assertArrayEquals(before, bytes(destination));
        assertFalse(fill.cancel(), "cancelled once only");
    }

    @Test
    @DisplayName("H23: a complete future cannot be cancelled")
    public void aCompleteFutureCannotBeCancelledAnyMore() {
        VdmFuture<VdmOutput> fill = mover.memset(memory(64), (byte) 0);
        fill.busyPoll();
        assertFalse(fill.cancel());
        assertEquals(VdmResult.SUCCESS, fill.result());
    }

    @Test
    @DisplayName("H23: a mover works after futures were dropped before or after their first poll")
    public void droppedFuturesLeaveAMoverThatWorks() {
        MemorySegment source = noise(100, 1);
        MemorySegment destination = memory(100);
        for (int i = 0; i < 2_000; i++) {
            mover.memcpy(destination, source);
            VdmFuture<VdmOutput> started = mover.memmove(destination, source);
            started.poll();
        }
        MemorySegment last = memory(100);
        VdmFuture<VdmOutput> copy = mover.memcpy(last, source);
        copy.busyPoll();
        copy.orThrow();
        assertArrayEquals(bytes(source), bytes(last));
    }

    @Test
    @DisplayName("H23: close finishes started operations and ends idle operations with CLOSED")
    public void closeFinishesStartedOperationsOnly() {
        MemorySegment source = noise(100_000, 1);
        MemorySegment destination = memory(2_000_000);
        List<VdmFuture<VdmOutput>> started = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            VdmFuture<VdmOutput> copy =
                    mover.memcpy(destination.asSlice(100_000L * i, 100_000), source);
            if (copy.poll() != FutureState.IDLE) {
                started.add(copy);
            }
        }
        assertFalse(started.isEmpty());
        VdmFuture<VdmOutput> idle = mover.memcpy(destination.asSlice(0, 100_000), source);

        mover.close();

        for (VdmFuture<VdmOutput> copy : started) {
            copy.busyPoll();
            assertEquals(VdmResult.SUCCESS, copy.result());
            assertEquals(-1, copy.destination().mismatch(source));
        }
        destination.fill((byte) 0);
        idle.busyPoll();
        assertEquals(VdmResult.CLOSED, idle.result());
        var failure = assertInstanceOf(VdmException.class, idle.failure());
        assertTrue(failure.getMessage().contains("the mover was closed"), failure.getMessage());
        assertEquals(0, destination.get(JAVA_BYTE, 0));
    }

    @Test
    @DisplayName("operations after close are refused with the mover's name, and a second close "
            + "does nothing")
    public void operationsAreRefusedAfterClose() {
        VdmOperation operation = mover.newOperation();
        mover.close();
        mover.close();
        for (VdmOperationType type : EnumSet.range(VdmOperationType.MEMCPY,
                VdmOperationType.FLUSH)) {
            var refused = assertThrows(IllegalStateException.class,
                    () -> operation(type, memory(8), memory(8)));
            assertEquals(
                    type + ": the mover is closed (" + mover.name()
                            + "). Open another mover [VDM-CLOSED]",
                    refused.getMessage());
        }
        assertThrows(IllegalStateException.class, mover::newOperation);
        assertThrows(
                IllegalStateException.class,
                () -> operation.memset(memory(8), (byte) 0, VdmFlags.NONE));
        assertTrue(mover.toString().endsWith(", closed"), mover.toString());
    }

    @Test
    @DisplayName("the mover has a name, and the text of a future describes the future")
    public void moverAndFuturesDescribeThemselves() {
        assertNotNull(mover.name());
        assertFalse(mover.name().isBlank());
        VdmFuture<VdmOutput> fill = mover.memset(memory(2_000), (byte) 0);
        assertEquals("memset of 2,000 bytes, IDLE", fill.toString());
        fill.busyPoll();
        assertEquals("memset of 2,000 bytes, COMPLETE", fill.toString());
    }
}
