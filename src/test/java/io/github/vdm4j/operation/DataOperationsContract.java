package io.github.vdm4j.operation;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract of the data operations of every {@link Vdm}. A mover's test extends this class and
 * opens the mover. The methods of {@link OperationsFixture} describe the mover.
 */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class DataOperationsContract extends CrcContract {

    // ---- states

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a new future is idle, has written nothing and has no output")
    public void newFutureIsIdle(Sample sample) {
        MemorySegment[] segments = segments(sample, 1);
        MemorySegment[] before = segments(sample, 1);
        VdmFuture<?> future = sample.future(mover(), segments);
        assertEquals(FutureState.IDLE, future.state());
        assertEquals(sample.type, future.type());
        String name = "%s of %,d bytes, ".formatted(sample.type, future.byteSize());
        assertEquals(name + "IDLE", future.toString());
        assertAll(
                () -> assertThrows(IllegalStateException.class, future::output),
                () -> assertThrows(IllegalStateException.class, future::result),
                () -> assertThrows(IllegalStateException.class, future::failure),
                () -> assertThrows(IllegalStateException.class, future::path),
                () -> assertThrows(IllegalStateException.class, future::orThrow));
        for (int i = 0; i < segments.length; i++) {
            assertEquals(-1, segments[i].mismatch(before[i]));
        }
        run(future);
        assertEquals(name + "COMPLETE", future.toString());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a poll of a complete future does nothing and keeps the output")
    public void pollOfACompleteFutureDoesNothing(Sample sample) {
        MemorySegment[] segments = segments(sample, 2);
        VdmFuture<?> future = sample.future(mover(), segments);
        Object output = run(future);
        for (MemorySegment segment : segments) {
            segment.fill((byte) 0x3c);
        }
        assertEquals(FutureState.COMPLETE, future.poll());
        future.busyPoll();
        assertEquals(output, future.output());
        assertEquals(output, future.await());
        assertFalse(future.cancel());
        for (MemorySegment segment : segments) {
            assertEquals(0x3c, segment.get(JAVA_BYTE, 0));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("H23: a future that is cancelled before its first poll writes nothing")
    public void futureCancelledBeforeItsPollWritesNothing(Sample sample) {
        MemorySegment[] segments = segments(sample, 3);
        MemorySegment[] before = segments(sample, 3);
        VdmFuture<?> future = sample.future(mover(), segments);
        assertTrue(future.cancel());
        assertEquals(FutureState.COMPLETE, future.poll());
        assertEquals(VdmResult.CANCELLED, future.result());
        assertEquals(ExecutionPath.NONE, future.path());
        assertNull(future.output());
        assertEquals(
                "%s of %,d bytes was cancelled before it was started".formatted(sample.type,
                        future.byteSize()),
                assertThrows(VdmException.class, future::await).getMessage());
        for (int i = 0; i < segments.length; i++) {
            assertEquals(-1, segments[i].mismatch(before[i]));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an arena that is closed before the first poll fails the operation")
    public void arenaClosedBeforeTheFirstPollFailsTheOperation(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 4);
            VdmFuture<?> future;
            try (Arena brief = Arena.ofShared()) {
                segments[i] =
                        allow(brief.allocate(segments[i].byteSize(), 4_096)).copyFrom(segments[i]);
                future = sample.future(mover(), segments);
            }
            future.busyPoll();
            assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result(), sample.roles.get(i)::name);
            assertNull(future.output());
            String message = assertThrows(VdmException.class, future::await).getMessage();
            assertTrue(
                    message.startsWith(
                            "%s of %,d bytes failed".formatted(sample.type, future.byteSize())),
                    message);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a buffer that is closed before the first poll fails the operation")
    public void bufferClosedBeforeTheFirstPollFailsTheOperation(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 5);
            OffHeapBuffer buffer = OffHeapBuffer.allocate(8_192);
            MemorySegment room = buffer.segment();
            long toNextPage = -room.address() & 4_095;
            segments[i] =
                    allow(room.asSlice(toNextPage, segments[i].byteSize())).copyFrom(segments[i]);
            run(sample.future(mover(), segments));
            assertEquals(0, buffer.operationsInFlight());
            MemorySegment[] fresh = segments(sample, 5);
            fresh[i] = segments[i].copyFrom(fresh[i]);
            VdmFuture<?> future = sample.future(mover(), fresh);
            buffer.close();
            future.busyPoll();
            assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result(), sample.roles.get(i)::name);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a poll on the wrong thread throws, and the future stays idle for its own thread")
    public void futureStaysIdleIfTheWrongThreadPolls(Sample sample)
            throws Exception {
        if (!takesConfinedSegments()) {
            return;
        }
        for (int i = 0; i < sample.roles.size(); i++) {
            try (Arena confined = Arena.ofConfined()) {
                MemorySegment[] segments = segments(sample, 6);
                segments[i] =
                        allow(confined.allocate(segments[i].byteSize(), 4_096))
                                .copyFrom(segments[i]);
                VdmFuture<?> future = sample.future(mover(), segments);
                var thrown = new AtomicReference<Throwable>();
                Thread wrong = Thread.ofPlatform().start(() -> {
                    try {
                        future.poll();
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                });
                wrong.join();
                assertEquals(WrongThreadException.class, thrown.get().getClass(),
                        sample.roles.get(i)::name);
                assertTrue(thrown.get().getMessage().endsWith("[VDM-WRONG-THREAD]"),
                        thrown.get()::getMessage);
                assertEquals(FutureState.IDLE, future.state());
                run(future);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a confined arena that is closed before the first poll fails it on every thread")
    public void closedConfinedArenaFailsOnEveryThread(Sample sample)
            throws Exception {
        for (int i = 0; i < sample.roles.size() && takesConfinedSegments(); i++) {
            MemorySegment[] segments = segments(sample, 6);
            VdmFuture<?> future;
            try (Arena confined = Arena.ofConfined()) {
                segments[i] =
                        allow(confined.allocate(segments[i].byteSize(), 4_096))
                                .copyFrom(segments[i]);
                future = sample.future(mover(), segments);
            }
            var thrown = new AtomicReference<Throwable>();
            Thread stranger = Thread.ofPlatform().start(() -> {
                try {
                    future.busyPoll();
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            stranger.join();
            assertNull(thrown.get(), sample.roles.get(i)::name);
            assertEquals(VdmResult.SEGMENT_UNUSABLE, future.result(), sample.roles.get(i)::name);
        }
    }

    @Test
    @DisplayName("H13: several polling threads execute an operation once, and all see its output")
    public void severalPollersExecuteAnOperationOnce() throws Exception {
        int threads = 3;
        int rounds = 100;
        MemorySegment source = noise(1_000, 7);
        MemorySegment destination = memory(1_000);
        var current = new AtomicReference<VdmFuture<Crc32c>>();
        var failure = new AtomicReference<Throwable>();
        var barrier = new CyclicBarrier(threads + 1);
        List<Thread> pollers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            pollers.add(Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int round = 0; round < rounds; round++) {
                        barrier.await(30, TimeUnit.SECONDS);
                        VdmFuture<Crc32c> future = current.get();
                        future.busyPoll();
                        if (!future.output()
                                .equals(new Crc32c(
                                        BruteForce.crc32c(bytes(source), CrcOptions.STANDARD)))
                                || destination.mismatch(source) != -1) {
                            throw new AssertionError(
                                    "a thread saw COMPLETE without the result in round " + round);
                        }
                        barrier.await(30, TimeUnit.SECONDS);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (int round = 0; round < rounds && failure.get() == null; round++) {
            destination.fill((byte) 0);
            source.set(JAVA_BYTE, round, (byte) round);
            current.set(mover().copyCrc32c(destination, source));
            barrier.await(30, TimeUnit.SECONDS);
            barrier.await(30, TimeUnit.SECONDS);
        }
        for (Thread poller : pollers) {
            poller.join(30_000);
        }
        assertNull(failure.get(), () -> failure.get().toString());
    }

    @Test
    @DisplayName("a runtime waits for futures of several types, and a chain connects them")
    public void runtimeWaitsForFuturesOfSeveralTypes() {
        MemorySegment source = noise(2_000, 8);
        MemorySegment destination = memory(2_000);
        VdmFuture<VdmOutput> fill = mover().fill(memory(64), 1);
        VdmFuture<BatchResult> batch = mover().batch().memcpy(memory(2_000), source).nop().submit();
        var chain = FutureChain.of(mover().copyCrc32c(destination, source))
                .then(copied -> mover().crc32c(destination))
                .map(Crc32c::value);
        new FutureRuntime().waitAll(List.of(fill, batch, chain));
        assertEquals(VdmResult.SUCCESS, fill.result());
        assertTrue(batch.output().isSuccess());
        assertEquals(
                Integer.toUnsignedLong(BruteForce.crc32c(bytes(source), CrcOptions.STANDARD)),
                chain.output());
    }

    @Test
    @DisplayName("drain waits for every earlier operation, even if no thread polls it")
    public void drainWaitsForEarlierOperations() {
        int size = 400_000;
        MemorySegment source = noise(size, 9);
        for (int round = 0; round < 10; round++) {
            List<MemorySegment> destinations = new ArrayList<>();
            List<VdmFuture<Crc32c>> copies = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                destinations.add(memory(size));
                copies.add(mover().copyCrc32c(destinations.get(i), source));
            }
            for (VdmFuture<Crc32c> copy : copies) {
                while (copy.poll() == FutureState.IDLE) {
                    Thread.onSpinWait();
                }
            }
            VdmOutput drained = run(mover().drain());
            assertEquals(io.github.vdm4j.VdmOperationType.DRAIN, drained.type());
            // These operations probably end last.
            for (MemorySegment destination : destinations.reversed()) {
                assertEquals(-1, destination.mismatch(source));
            }
            copies.forEach(this::run);
        }
        run(mover().drain());
    }

    // ---- reuse

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("one operation is reused many times, each time with its own result")
    public void operationIsReusedManyTimes(Sample sample) {
        VdmOperation operation = mover().newOperation();
        for (int round = 0; round < 30; round++) {
            MemorySegment[] segments = segments(sample, round);
            MemorySegment[] alone = segments(sample, round);
            Object expected = run(sample.future(mover(), alone));
            sample.prepare(operation, segments);
            assertEquals(FutureState.IDLE, operation.state());
            operation.start().busyPoll();
            operation.orThrow();
            assertEquals(VdmResult.SUCCESS, operation.result());
            assertNull(operation.failure());
            assertTrue(paths().contains(operation.path()));
            assertSameOutput(expected, operation.output());
            assertEquals(number(expected), operation.value());
            for (int i = 0; i < segments.length; i++) {
                assertArrayEquals(bytes(alone[i]), bytes(segments[i]));
            }
            operation.crc32c(segments[0], CrcOptions.STANDARD).busyPoll(); // another in between
            assertEquals(
                    BruteForce.crc32c(bytes(segments[0]), CrcOptions.STANDARD),
                    (int) operation.value());
        }
    }

    private static long number(Object output) {
        return switch (output) {
            case CompareResult compared -> compared.mismatchOffset();
            case Crc32c crc -> crc.value();
            case DeltaResult delta -> delta.recordBytes();
            case DifResult checked -> checked.blockOffset();
            default -> 0;
        };
    }

    @Test
    @DisplayName("an unprepared operation has no state and no output")
    public void unpreparedOperationHasNoState() {
        VdmOperation operation = mover().newOperation();
        assertAll(
                () -> assertThrows(IllegalStateException.class, operation::start),
                () -> assertThrows(IllegalStateException.class, operation::poll),
                () -> assertThrows(IllegalStateException.class, operation::value),
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
        MemorySegment range = noise(100, 10);
        VdmOperation operation =
                mover().newOperation().crc32c(range, CrcOptions.STANDARD);
        assertThrows(IllegalArgumentException.class, () -> operation.compare(memory(3), memory(4)));
        assertEquals("crc of 100 bytes, IDLE", operation.toString());
        operation.busyPoll();
        assertEquals(BruteForce.crc32c(bytes(range), CrcOptions.STANDARD), (int) operation.value());
    }

    @Test
    @DisplayName("an operation works after a failure and after a cancellation")
    public void operationWorksAfterAFailure() {
        byte[] record = new byte[10];
        record[0] = 100;
        MemorySegment range = noise(64, 11);
        VdmOperation operation = mover().newOperation();
        for (int round = 0; round < 3; round++) {
            operation.applyDelta(range, of(record), VdmFlags.NONE).busyPoll();
            assertEquals(VdmResult.INVALID_DATA, operation.result());
            assertThrows(VdmException.class, operation::orThrow);
            String message =
                    assertThrows(IllegalStateException.class, operation::value).getMessage();
            assertTrue(message.startsWith(
                    "the operation has no value: io.github.vdm4j.VdmException: delta apply of "
                            + "10 bytes"),
                    message);
            assertNull(operation.output());

            operation.compare(range, range);
            assertTrue(operation.cancel());
            assertEquals(VdmResult.CANCELLED, operation.result());

            operation.compare(range, range).busyPoll();
            assertEquals(VdmResult.SUCCESS, operation.result());
            assertEquals(-1, operation.value());
        }
    }

    // ---- closing

    @Test
    @DisplayName("H23: close finishes started operations and ends idle operations with CLOSED")
    public void closeFinishesStartedOperationsOnly() {
        MemorySegment source = noise(100_000, 12);
        MemorySegment destination = memory(1_000_000);
        List<VdmFuture<Crc32c>> started = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            VdmFuture<Crc32c> copy =
                    mover().copyCrc32c(destination.asSlice(100_000L * i, 100_000), source);
            if (copy.poll() != FutureState.IDLE) {
                started.add(copy);
            }
        }
        assertFalse(started.isEmpty());
        MemorySegment untouched = memory(64);
        List<VdmFuture<?>> idle =
                List.of(mover().fill(untouched, -1), mover().crc32c(source), mover().nop(),
                        mover().drain());

        mover().close();

        for (VdmFuture<Crc32c> copy : started) {
            assertEquals(
                    BruteForce.crc32c(bytes(source), CrcOptions.STANDARD), run(copy).bits());
        }
        assertEquals(-1, destination.asSlice(0, 100_000).mismatch(source));
        for (VdmFuture<?> future : idle) {
            future.busyPoll();
            assertEquals(VdmResult.CLOSED, future.result());
            assertTrue(future.failure().getMessage().contains("the mover was closed"),
                    future.failure().getMessage());
        }
        assertEquals(0, untouched.get(JAVA_BYTE, 0));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("after close operations are refused with the mover's name")
    public void operationsAreRefusedAfterClose(Sample sample) {
        MemorySegment[] segments = segments(sample, 13);
        VdmOperation operation = mover().newOperation();
        mover().close();
        String refused = "%s: the mover is closed (%s). Open another mover [VDM-CLOSED]"
                .formatted(sample.type, mover().name());
        assertEquals(
                refused,
                assertThrows(IllegalStateException.class, () -> sample.future(mover(), segments))
                        .getMessage());
        assertEquals(
                refused,
                assertThrows(IllegalStateException.class, () -> sample.prepare(operation, segments))
                        .getMessage());
        assertThrows(IllegalStateException.class, mover()::newOperation);
        assertThrows(IllegalStateException.class, mover()::nop);
        assertThrows(IllegalStateException.class, mover()::drain);
    }
}
