package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbered hazards of the C stack, and their outcomes in the DML mover. */
class DmlDataMoverHazardTest extends AgainstSimulatedDml {
    private static final int QUEUE_FULL = dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE;
    private static final int PAGE_FAULT = dml_h.DML_STATUS_PAGE_FAULT_ERROR;

    private static void assertSucceeded(VdmFuture<VdmOutput> future) {
        future.orThrow();
        assertSame(VdmResult.SUCCESS, future.result());
        assertNull(future.failure());
    }

    private static void assertFailed(VdmResult result, VdmFuture<VdmOutput> future) {
        assertSame(result, future.result());
        VdmException thrown = assertThrows(VdmException.class, future::orThrow);
        assertSame(result, thrown.result());
    }

    @Nested
    @DisplayName("H1, H2, H3: a refused submission")
    class RefusedSubmission {
        @Test
        void refusedSubmissionIsNeverChecked() {
            DmlDataMover mover = hardware();
            dml.next(Plan.refuse(22));
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
            assertSame(FutureState.COMPLETE, copy.poll());
            assertFailed(VdmResult.INVALID_OPERATION, copy);
            assertEquals(0, dml.checks());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void refusedSubmissionOfAUsedJobIsNeverChecked() {
            DmlDataMover mover = open(builder(DmlPath.SOFTWARE).slots(1));
            assertSucceeded(finish(mover.memcpy(zeros(64), noise(64))));
            dml.next(Plan.refuse(22));
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
            assertSame(FutureState.COMPLETE, copy.poll());
            assertFailed(VdmResult.INVALID_OPERATION, copy);
            assertEquals(1, dml.checks());
        }

        @Test
        void refusedPartCompletesWithTheBytesDone() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            dml.next(Plan.succeed(), Plan.succeed(), Plan.refuse(22));
            VdmFuture<VdmOutput> copy = finish(mover.memcpy(zeros(1000), noise(1000)));
            assertFailed(VdmResult.INVALID_OPERATION, copy);
            assertTrue(
                    copy.failure()
                            .getMessage()
                            .startsWith(
                                    "memcpy of 1,000 bytes on HARDWARE failed after 128 bytes: "),
                    copy.failure().getMessage());
            assertEquals(128, copy.bytesDone());
            assertEquals(3, dml.submissions().size());
        }
    }

    @Nested
    @DisplayName("H4: a length of 0")
    class LengthZero {
        @ParameterizedTest
        @EnumSource
        void emptyOperationSubmitsNothing(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            dml.forget();
            MemorySegment nothing = zeros(8).asSlice(8);
            for (VdmFuture<VdmOutput> future : List.of(
                    mover.memcpy(nothing, nothing),
                    mover.memmove(nothing, nothing),
                    mover.memset(nothing, (byte) 1),
                    mover.memset(nothing, (byte) 1, VdmFlags.MEM_DURABLE),
                    mover.flush(nothing))) {
                assertSame(FutureState.COMPLETE, future.poll());
                assertSucceeded(future);
                assertSame(ExecutionPath.NONE, future.path());
            }
            assertEquals(List.of(), dml.submissions());
        }
    }

    @Nested
    @DisplayName("H5: a length above 32 bits")
    class LongLengths {
        private static final long LENGTH = (4L << 30) + 64;

        /** The simulation does not access the address, because the plan moves no byte. */
        private MemorySegment nowhere(long address) {
            return MemorySegment.ofAddress(address).reinterpret(LENGTH);
        }

        private void assertEveryByteSubmittedOnce(long to, long from) {
            long next = to;
            for (Submission part : dml.submissions()
                    .stream()
                    .sorted((a, b) -> Long.compare(a.destination(), b.destination()))
                    .toList()) {
                assertEquals(next, part.destination());
                assertTrue(part.length() > 0 && part.length() <= 1L << 30, part::toString);
                assertEquals(from == 0 ? 0 : from - to,
                        from == 0 ? 0 : part.source() - part.destination());
                next += part.length();
            }
            assertEquals(to + LENGTH, next);
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void longOperationIsSubmittedInParts(DmlPath path) {
            dml.withHardware().always(Plan.succeed().moving(0));
            DmlDataMover mover = open(path);
            assertSucceeded(finish(mover.memcpy(nowhere(1L << 40), nowhere(1L << 41))));
            assertEveryByteSubmittedOnce(1L << 40, 1L << 41);
            dml.forget();
            dml.always(Plan.succeed().moving(0));
            assertSucceeded(finish(mover.memset(nowhere(1L << 40), (byte) 1)));
            assertEveryByteSubmittedOnce(1L << 40, 0);
            dml.forget();
            dml.always(Plan.succeed().moving(0));
            assertSucceeded(finish(mover.flush(nowhere(1L << 40))));
            assertEveryByteSubmittedOnce(1L << 40, 0);
        }

        @Test
        void longMoveRunsFromTheEndOnlyIfItMust() {
            dml.always(Plan.succeed().moving(0));
            DmlDataMover mover = software();
            long low = 1L << 40;
            finish(mover.memmove(nowhere(low + 4096), nowhere(low)));
            assertEveryByteSubmittedOnce(low + 4096, low);
            assertEquals(low + 4096, dml.lastSubmission().destination());
            dml.forget();
            dml.always(Plan.succeed().moving(0));
            finish(mover.memmove(nowhere(low), nowhere(low + 4096)));
            assertEveryByteSubmittedOnce(low, low + 4096);
            assertEquals(low, dml.submissions().getFirst().destination());
        }

        @Test
        void partsRespectTheLimitOfTheQueues() {
            dml.withHardware().maxTransferBytes(128);
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(128));
            MemorySegment source = noise(1000);
            MemorySegment destination = zeros(1000);
            assertSucceeded(finish(mover.memcpy(destination, source)));
            assertArrayEquals(bytes(source), bytes(destination));
            assertEquals(8, dml.submissions().size());
        }
    }

    @Nested
    @DisplayName("H6: memcpy of ranges that overlap")
    class Overlap {
        @ParameterizedTest
        @CsvSource({"0,4,100,96", "4,0,100,96", "0,0,100,100", "0,99,100,1", "99,0,100,1",
            "1,0,2000,1999"})
        void overlapIsRefusedInBothDirections(int to, int from, int size,
                String shared) {
            DmlDataMover mover = software();
            MemorySegment memory = zeros(4096);
            MemorySegment destination = memory.asSlice(to, size);
            MemorySegment source = memory.asSlice(from, size);
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> mover.memcpy(destination, source));
            assertEquals(
                    ("memcpy: source [0x%x, +%d) and destination [0x%x, +%d) overlap by %,d "
                            + "bytes; use memmove")
                            .formatted(
                                    memory.address() + from,
                                    size,
                                    memory.address() + to,
                                    size,
                                    Integer.parseInt(shared)),
                    refused.getMessage());
            VdmOperation operation = mover.newOperation();
            assertThrows(
                    IllegalArgumentException.class,
                    () -> operation.memcpy(destination, source, VdmFlags.NONE));
            assertEquals(List.of(), dml.submissions());
        }

        @ParameterizedTest
        @CsvSource({"0,100", "100,0"})
        void adjacentRangesAreTaken(int to, int from) {
            DmlDataMover mover = software();
            MemorySegment memory = noise(200);
            byte[] expected = bytes(memory.asSlice(from, 100));
            assertSucceeded(
                    finish(mover.memcpy(memory.asSlice(to, 100), memory.asSlice(from, 100))));
            assertArrayEquals(expected, bytes(memory.asSlice(to, 100)));
        }

        @Test
        void memmoveTakesOverlappingRanges() {
            DmlDataMover mover = software();
            MemorySegment memory = noise(200);
            byte[] before = bytes(memory);
            assertSucceeded(finish(mover.memmove(memory, memory)));
            assertArrayEquals(before, bytes(memory));
        }
    }

    @Nested
    @DisplayName("H7: the type of an operation")
    class Types {
        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void typeIsTheRequestedType(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            MemorySegment a = zeros(64);
            MemorySegment b = zeros(64);
            assertSame(VdmOperationType.MEMCPY, finish(mover.memcpy(a, b)).output().type());
            assertSame(VdmOperationType.MEMMOVE, finish(mover.memmove(a, b)).output().type());
            assertSame(VdmOperationType.MEMSET, finish(mover.memset(a, (byte) 1)).output().type());
            assertSame(VdmOperationType.FLUSH, finish(mover.flush(a)).output().type());
        }

        @Test
        void failedOperationKeepsItsType() {
            DmlDataMover mover = software();
            dml.next(Plan.fail(3));
            VdmFuture<VdmOutput> copy = finish(mover.memcpy(zeros(64), zeros(64)));
            assertSame(VdmOperationType.MEMCPY, copy.output().type());
            assertTrue(copy.failure()
                    .getMessage()
                    .startsWith("memcpy of 64 bytes on SOFTWARE failed: "));
        }
    }

    @Nested
    @DisplayName("H8: the flags of a job")
    class Flags {
        private static final long PREFETCH = 0x100;
        private static final long DURABLE_AND_READBACK = 0x8000 | 0x4000;

        private void assertFlags(long expected, VdmFuture<VdmOutput> future) {
            dml.forget();
            assertSucceeded(finish(future));
            assertEquals(Long.toHexString(expected),
                    Long.toHexString(dml.submissions().getFirst().flags()));
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void jobHasOnlyTheDurableFlags(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            MemorySegment a = zeros(64);
            MemorySegment b = zeros(64);
            VdmFlags both = VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT);
            assertFlags(PREFETCH, mover.memcpy(a, b));
            assertFlags(0, mover.memcpy(a, b, VdmFlags.NO_CACHE_HINT));
            assertFlags(DURABLE_AND_READBACK, mover.memcpy(a, b, VdmFlags.MEM_DURABLE));
            assertFlags(DURABLE_AND_READBACK, mover.memmove(a, b, both));
            assertFlags(DURABLE_AND_READBACK,
                    mover.memset(a, (byte) 1, VdmFlags.MEM_DURABLE));
            assertFlags(PREFETCH, mover.memmove(a, b));
            assertFlags(PREFETCH, mover.memset(a, (byte) 1));
        }

        @Test
        void everyPartHasTheFlags() {
            DmlDataMover mover = open(builder(DmlPath.SOFTWARE).maxTransferBytes(64));
            finish(mover.memset(zeros(640), (byte) 1,
                    VdmFlags.NO_CACHE_HINT.and(VdmFlags.MEM_DURABLE)));
            List<Submission> fills =
                    dml.submissions().stream().filter(s -> s.is(dml_h.DML_OP_FILL)).toList();
            assertEquals(10, fills.size());
            assertTrue(fills.stream().allMatch(s -> s.flags() == DURABLE_AND_READBACK));
        }
    }

    @Nested
    @DisplayName("H14: memory that a job must not reach")
    class Lifetime {
        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void arenaClosedBeforeThePollSubmitsNothing(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            for (boolean closeSource : new boolean[]{true, false}) {
                Arena brief = Arena.ofShared();
                MemorySegment fleeting = brief.allocate(64);
                VdmFuture<VdmOutput> copy =
                        closeSource ? mover.memcpy(zeros(64), fleeting)
                                : mover.memcpy(fleeting, zeros(64));
                brief.close();
                assertSame(FutureState.COMPLETE, copy.poll());
                assertFailed(VdmResult.SEGMENT_UNUSABLE, copy);
                assertInstanceOf(IllegalStateException.class, copy.failure().getCause());
                assertEquals(0, mover.slotsInUse());
            }
            assertEquals(List.of(), dml.submissions());
        }

        @Test
        void arenaClosedBeforeTheCallThrows() {
            DmlDataMover mover = software();
            Arena brief = Arena.ofShared();
            MemorySegment fleeting = brief.allocate(64);
            brief.close();
            MemorySegment other = zeros(64);
            assertThrows(IllegalStateException.class, () -> mover.memcpy(other, fleeting));
            assertThrows(IllegalStateException.class, () -> mover.memcpy(fleeting, other));
            assertThrows(IllegalStateException.class, () -> mover.memset(fleeting, (byte) 0));
            assertThrows(IllegalStateException.class, () -> mover.flush(fleeting));
        }

        @Test
        void softwarePathKeepsItsArenasOpen() {
            DmlDataMover mover = software();
            Arena source = Arena.ofShared();
            Arena destination = Arena.ofShared();
            var refusals = new ArrayList<String>();
            dml.next(
                    Plan.succeed()
                            .during(
                                    () -> {
                                        for (Arena one : List.of(source, destination)) {
                                            try {
                                                one.close();
                                            } catch (IllegalStateException e) {
                                                refusals.add(e.getMessage());
                                            }
                                        }
                                    }));
            assertSucceeded(finish(mover.memcpy(destination.allocate(64), source.allocate(64))));
            assertEquals(2, refusals.size(), refusals::toString);
            source.close();
            destination.close();
        }

        @Test
        void arenaClosedBetweenPartsStopsTheRest() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            Arena brief = Arena.ofShared();
            MemorySegment fleeting = dml.allow(brief.allocate(256));
            VdmFuture<VdmOutput> copy = mover.memcpy(fleeting, zeros(256));
            dml.next(Plan.succeed().moving(0));
            assertSame(FutureState.RUNNING, copy.poll());
            brief.close();
            finish(copy);
            assertFailed(VdmResult.SEGMENT_UNUSABLE, copy);
            assertEquals(1, dml.submissions().size());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void heapSegmentThrowsWithARemedy() {
            DmlDataMover mover = software();
            MemorySegment heap = MemorySegment.ofArray(new byte[64]);
            MemorySegment other = zeros(64);
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> mover.memcpy(other, heap));
            assertEquals(
                    "memcpy: the source is a heap segment of 64 bytes, which Intel DML cannot "
                            + "reach. Use memory from"
                            + " an Arena, path AUTO, or another mover [VDM-HEAP-SEGMENT]",
                    refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> mover.memmove(heap, other));
            assertThrows(IllegalArgumentException.class, () -> mover.memset(heap, (byte) 0));
            assertThrows(IllegalArgumentException.class, () -> mover.flush(heap));
        }

        @Test
        void readOnlyDestinationThrows() {
            DmlDataMover mover = software();
            MemorySegment readOnly = zeros(64).asReadOnly();
            MemorySegment other = noise(64);
            assertThrows(IllegalArgumentException.class, () -> mover.memcpy(readOnly, other));
            assertThrows(IllegalArgumentException.class, () -> mover.memmove(readOnly, other));
            assertThrows(IllegalArgumentException.class, () -> mover.memset(readOnly, (byte) 0));
            assertSucceeded(finish(mover.memcpy(other, readOnly)));
            assertSucceeded(finish(mover.flush(readOnly)));
        }

        @Test
        void differentSizesThrow() {
            DmlDataMover mover = software();
            MemorySegment a = zeros(64);
            MemorySegment b = zeros(65);
            var refused = assertThrows(IllegalArgumentException.class, () -> mover.memcpy(a, b));
            assertEquals(
                    "memcpy: the destination has 64 bytes and the source 65: they must have the "
                            + "same size, see"
                            + " MemorySegment.asSlice",
                    refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> mover.memmove(b, a));
        }

        @Test
        void onlyTheOwnerStartsAConfinedOperation() throws InterruptedException {
            DmlDataMover mover = software();
            try (Arena confined = Arena.ofConfined()) {
                MemorySegment own = confined.allocate(64);
                dml.allow(own);
                MemorySegment source = noise(64);
                VdmFuture<VdmOutput> copy = mover.memcpy(own, source);
                Throwable thrown = inAnotherThread(copy::poll);
                assertInstanceOf(WrongThreadException.class, thrown);
                assertSame(FutureState.IDLE, copy.state());
                assertEquals(0, mover.slotsInUse());
                assertEquals(List.of(), dml.submissions());
                assertSucceeded(finish(copy));
                assertArrayEquals(bytes(source), bytes(own));
                assertInstanceOf(
                        WrongThreadException.class,
                        inAnotherThread(() -> mover.memcpy(own, source)));
            }
        }

        @Test
        void otherThreadDoesNotSubmitTheNextConfinedPart()
                throws InterruptedException {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            try (Arena confined = Arena.ofConfined()) {
                MemorySegment own = dml.allow(confined.allocate(128));
                MemorySegment source = noise(128);
                VdmFuture<VdmOutput> copy = mover.memcpy(own, source);
                assertSame(FutureState.RUNNING, copy.poll());
                assertInstanceOf(WrongThreadException.class, inAnotherThread(copy::poll));
                assertInstanceOf(WrongThreadException.class, inAnotherThread(copy::poll));
                assertSame(FutureState.RUNNING, copy.state());
                assertEquals(1, dml.submissions().size());
                assertSucceeded(finish(copy));
                assertArrayEquals(bytes(source), bytes(own));
            }
        }

        private static Throwable inAnotherThread(Runnable action) throws InterruptedException {
            var thrown = new AtomicReference<Throwable>();
            Thread other =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            action.run();
                                        } catch (Throwable e) {
                                            thrown.set(e);
                                        }
                                    });
            other.join();
            return thrown.get();
        }
    }

    @Nested
    @DisplayName("H16: a work queue that is full")
    class FullQueue {
        @ParameterizedTest
        @ValueSource(ints = {102, 24})
        void fullQueueIsRetriedOnLaterPolls(int status) {
            DmlDataMover mover = hardware();
            dml.next(Plan.refuse(status), Plan.refuse(status), Plan.refuse(status));
            MemorySegment source = noise(64);
            MemorySegment destination = zeros(64);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
            while (dml.submissions().size() < 3) {
                assertSame(FutureState.RUNNING, copy.poll());
            }
            assertEquals(0, dml.checks());
            assertSucceeded(finish(copy));
            assertArrayEquals(bytes(source), bytes(destination));
            assertEquals(4, dml.submissions().size());
            assertSame(ExecutionPath.DSA_HARDWARE, copy.path());
        }

        /** The pauses are 1, 2, 4 ... 64 us, and then 64 us. */
        @Test
        void fullQueueIsRetriedWithLongerPauses() {
            dml.withHardware().always(Plan.refuse(QUEUE_FULL));
            DmlDataMover mover = open(builder(DmlPath.HARDWARE));
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
            long start = System.nanoTime();
            long polls = 0;
            for (; polls < 100 || System.nanoTime() - start < 20_000_000; polls++) {
                assertSame(FutureState.RUNNING, copy.poll());
            }
            long most = 8 + (System.nanoTime() - start) / 64_000;
            int attempts = dml.submissions().size();
            assertTrue(attempts > 8, attempts + " attempts");
            assertTrue(attempts <= most,
                    attempts + " attempts in " + polls + " polls, of at most " + most);
        }

        @Test
        void fullQueueFailsAtOnceWithoutATimeout() {
            dml.withHardware().always(Plan.refuse(QUEUE_FULL));
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).queueFullTimeout(Duration.ZERO));
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
            assertSame(FutureState.COMPLETE, copy.poll());
            assertFailed(VdmResult.QUEUE_FULL, copy);
            assertEquals(QUEUE_FULL, copy.failure().status().code());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void fullQueueFailsAfterTheTimeout() {
            dml.withHardware().always(Plan.refuse(QUEUE_FULL));
            DmlDataMover mover =
                    open(builder(DmlPath.HARDWARE).queueFullTimeout(Duration.ofNanos(1)));
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
            assertSame(FutureState.RUNNING, copy.poll());
            finish(copy);
            assertFailed(VdmResult.QUEUE_FULL, copy);
        }

        @Test
        void fullQueueHasATimeoutForEachPart() {
            dml.withHardware();
            DmlDataMover mover =
                    open(builder(DmlPath.HARDWARE).maxTransferBytes(64)
                            .queueFullTimeout(Duration.ofNanos(1)));
            dml.next(Plan.refuse(QUEUE_FULL), Plan.succeed(), Plan.refuse(QUEUE_FULL),
                    Plan.succeed());
            MemorySegment source = noise(128);
            MemorySegment destination = zeros(128);
            assertSucceeded(finish(mover.memcpy(destination, source)));
            assertArrayEquals(bytes(source), bytes(destination));
        }

        @Test
        void closeWaitsForAFullQueue() {
            DmlDataMover mover = hardware();
            for (int i = 0; i < 50; i++) {
                dml.next(Plan.refuse(QUEUE_FULL));
            }
            MemorySegment source = noise(64);
            MemorySegment destination = zeros(64);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
            assertSame(FutureState.RUNNING, copy.poll());
            mover.close();
            assertSucceeded(copy);
            assertArrayEquals(bytes(source), bytes(destination));
        }
    }

    @Nested
    @DisplayName("H17: a page fault")
    class PageFault {
        private final Plan fault = Plan.fail(PAGE_FAULT).moving(10);

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void pageFaultOfACopyIsRepaired(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            dml.next(fault, fault.moving(20));
            MemorySegment source = noise(64);
            MemorySegment destination = zeros(64);
            assertSucceeded(finish(mover.memcpy(destination, source)));
            assertArrayEquals(bytes(source), bytes(destination));
            assertEquals(3, dml.submissions().size());
        }

        @Test
        void pageFaultOfAFillIsRepaired() {
            DmlDataMover mover = hardware();
            dml.next(fault);
            MemorySegment destination = noise(64);
            assertSucceeded(finish(mover.memset(destination, (byte) 9)));
            assertEquals(64, destination.mismatch(zeros(65).fill((byte) 9)));
        }

        @Test
        void pageFaultOfAFlushIsRepaired() {
            DmlDataMover mover = hardware();
            dml.next(fault);
            assertSucceeded(finish(mover.flush(zeros(100))));
            assertEquals(2, dml.submissions().size());
        }

        @Test
        void pageFaultsOfAPartAreRepaired15Times() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            MemorySegment source = noise(128);
            MemorySegment destination = zeros(128);
            for (int part = 0; part < 2; part++) {
                for (int i = 0; i < 15; i++) {
                    dml.next(fault);
                }
                dml.next(Plan.succeed());
            }
            assertSucceeded(finish(mover.memcpy(destination, source)));
            assertArrayEquals(bytes(source), bytes(destination));

            dml.forget();
            dml.allow(source);
            dml.allow(destination);
            dml.next(Plan.succeed());
            dml.always(fault);
            VdmFuture<VdmOutput> copy = finish(mover.memcpy(destination, source));
            assertFailed(VdmResult.PAGE_FAULT, copy);
            assertEquals(1 + 16, dml.submissions().size());
            assertTrue(
                    copy.failure()
                            .getMessage()
                            .startsWith(
                                    "memcpy of 128 bytes on HARDWARE failed after 64 bytes: "
                                            + "PAGE_FAULT_ERROR (25): "),
                    copy.failure().getMessage());
        }

        @ParameterizedTest
        @ValueSource(ints = {-32, 32, -63, 63, 1})
        void pageFaultFailsAnOverlappingMove(int shift) {
            DmlDataMover mover = hardware();
            MemorySegment memory = noise(256);
            dml.next(fault);
            VdmFuture<VdmOutput> move =
                    finish(mover.memmove(memory.asSlice(100 + shift, 64), memory.asSlice(100, 64)));
            assertFailed(VdmResult.PAGE_FAULT, move);
            assertEquals(1, dml.submissions().size());
        }

        @ParameterizedTest
        @ValueSource(ints = {-64, 64, -100, 100})
        void pageFaultOfADisjointPartIsRepaired(int shift) {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            MemorySegment memory = noise(1000);
            byte[] expected = bytes(memory);
            System.arraycopy(expected, 200, expected, 200 + shift, 500);
            for (int i = 0; i < 8; i++) {
                dml.next(fault, Plan.succeed());
            }
            assertSucceeded(finish(
                    mover.memmove(memory.asSlice(200 + shift, 500), memory.asSlice(200, 500))));
            assertArrayEquals(expected, bytes(memory));
        }
    }

    @Nested
    @DisplayName("H19, H23: the pool of jobs")
    class Pool {
        private List<VdmFuture<VdmOutput>> startAll(DmlDataMover mover, int count) {
            List<VdmFuture<VdmOutput>> started = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
                assertSame(FutureState.RUNNING, copy.poll());
                started.add(copy);
            }
            return started;
        }

        @Test
        void emptyPoolMakesOperationsWait() {
            dml.always(Plan.hold());
            DmlDataMover mover = hardware();
            assertEquals(4, mover.capacity());
            List<VdmFuture<VdmOutput>> held = startAll(mover, 4);
            assertEquals(4, mover.slotsInUse());
            for (int place : new int[]{2, 0, 3, 1}) {
                VdmFuture<VdmOutput> waiting = mover.memset(zeros(8), (byte) 1);
                assertSame(FutureState.RUNNING, waiting.poll());
                assertEquals(1, mover.pending());
                Submission oldest = dml.submissions().get(place);
                oldest.release();
                assertSame(FutureState.COMPLETE, held.get(place).poll());
                assertSucceeded(held.get(place));
                assertEquals(4, mover.slotsInUse(), "the job went to the operation that waits");
                assertEquals(0, mover.pending());
                assertEquals(oldest.job(), dml.lastSubmission().job());
                dml.lastSubmission().release();
                assertSucceeded(finish(waiting));
                startAll(mover, 1);
            }
            assertEquals(4, dml.initialised());
        }

        @Test
        void jobsOfDroppedFuturesAreReused() {
            dml.always(Plan.hold());
            DmlDataMover mover = hardware();
            startAll(mover, 4);
            dml.submissions().forEach(Submission::release);
            assertEquals(4, mover.slotsInUse());
            List<VdmFuture<VdmOutput>> more = startAll(mover, 4);
            dml.releaseAll();
            more.forEach(copy -> assertSucceeded(finish(copy)));
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void jobsOfDroppedRetriesAreReused() {
            dml.withHardware().always(Plan.refuse(QUEUE_FULL));
            DmlDataMover mover = hardware();
            startAll(mover, 4);
            dml.always(Plan.succeed().afterChecks(0));
            assertSucceeded(finish(mover.memset(zeros(8), (byte) 1)));
        }

        @Test
        void cancelledIdleOperationTakesNoJob() {
            DmlDataMover mover = hardware();
            VdmFuture<VdmOutput> copy = mover.memcpy(zeros(64), noise(64));
            assertTrue(copy.cancel());
            assertSame(FutureState.COMPLETE, copy.poll());
            assertFailed(VdmResult.CANCELLED, copy);
            assertEquals("memcpy of 64 bytes was cancelled before it was started",
                    copy.failure().getMessage());
            assertEquals(0, mover.slotsInUse());
            assertEquals(List.of(), dml.submissions());
        }

        @Test
        void startedOperationKeepsItsJobAfterCancel() {
            DmlDataMover mover = hardware();
            dml.next(Plan.hold());
            VdmFuture<VdmOutput> copy = startAll(mover, 1).getFirst();
            assertFalse(copy.cancel());
            assertEquals(1, mover.slotsInUse());
            dml.releaseAll();
            assertSucceeded(finish(copy));
        }

        @Test
        void poolNeverGrows() {
            DmlDataMover mover = software();
            long bytes = mover.nativeBytes();
            assertEquals(4 * 384, bytes);
            for (int i = 0; i < 1000; i++) {
                assertSucceeded(finish(mover.memset(zeros(8), (byte) i)));
            }
            assertEquals(bytes, mover.nativeBytes());
            assertEquals(1, dml.initialised());
        }
    }

    @Nested
    @DisplayName("H20: a completed future")
    class Completed {
        @Test
        void completeFutureCanBeAwaitedAgain() {
            DmlDataMover mover = hardware();
            VdmFuture<VdmOutput> done = finish(mover.memset(zeros(64), (byte) 1));
            VdmFuture<VdmOutput> other = mover.memset(zeros(64), (byte) 2);
            List<VdmFuture<VdmOutput>> list = List.of(other, done, other);
            new FutureRuntime().waitAll(list);
            assertSucceeded(other);
            assertSame(VdmResult.SUCCESS, done.await().result());
            assertSame(VdmResult.SUCCESS, done.await().result());
            assertEquals(2, dml.submissions().size());
        }

        @Test
        void completeFutureIsNotStartedAgain() {
            DmlDataMover mover = software();
            VdmFuture<VdmOutput> fill = finish(mover.memset(zeros(64), (byte) 1));
            assertSame(FutureState.COMPLETE, fill.poll());
            assertEquals(1, dml.submissions().size());
            assertEquals(1, dml.checks());
        }
    }

    @Nested
    @DisplayName("H22: settings that cannot work")
    class Settings {
        @ParameterizedTest
        @ValueSource(ints = {0, -1, 65_537})
        void wrongNumberOfJobsIsRefused(int jobs) {
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> DmlDataMover.builder().slots(jobs));
            assertEquals("slots %,d: must be 1 to 65,536".formatted(jobs), refused.getMessage());
        }

        @ParameterizedTest
        @ValueSource(longs = {0, -64, 63, 65, (1L << 30) + 64})
        void wrongTransferSizeIsRefused(long bytes) {
            var refused =
                    assertThrows(IllegalArgumentException.class,
                            () -> DmlDataMover.builder().maxTransferBytes(bytes));
            assertEquals(
                    "maxTransferBytes %,d: must be a multiple of 64 from 64 to 1,073,741,824"
                            .formatted(bytes),
                    refused.getMessage());
        }

        @Test
        void wrongTimeoutIsRefused() {
            var builder = DmlDataMover.builder();
            assertThrows(IllegalArgumentException.class,
                    () -> builder.queueFullTimeout(Duration.ofNanos(-1)));
            assertThrows(IllegalArgumentException.class,
                    () -> builder.queueFullTimeout(Duration.ofHours(2)));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 3, 100})
        void oddNumberOfJobsIsAccepted(int jobs) {
            DmlDataMover mover = open(builder(DmlPath.SOFTWARE).slots(jobs));
            assertEquals(jobs, mover.capacity());
            assertSucceeded(finish(mover.memset(zeros(8), (byte) 1)));
        }

        @Test
        void flushIsSupported() {
            DmlDataMover mover = software();
            MemorySegment memory = zeros(640);
            assertSucceeded(finish(mover.flush(memory.asSlice(60, 10))));
            Submission flush = dml.lastSubmission();
            assertEquals(dml_h.DML_OP_CACHE_FLUSH, flush.operation());
            assertEquals(memory.address(), flush.destination());
            assertEquals(128, flush.length());
        }
    }

    @Nested
    @DisplayName("H24: unknown flags")
    class UnknownFlags {
        @ParameterizedTest
        @ValueSource(longs = {4, 7, 1L << 32, -1})
        void unknownFlagsAreRefusedAtTheCall(long bits) {
            assertThrows(IllegalArgumentException.class, () -> VdmFlags.ofBits(bits));
        }
    }
}
