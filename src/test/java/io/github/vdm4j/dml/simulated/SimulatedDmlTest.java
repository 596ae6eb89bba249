package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Calls that break each rule of the simulation. They use separate handles, like native code.
 */
class SimulatedDmlTest {
    private static final int HW = dml_h.DML_PATH_HW;
    private static final int SW = dml_h.DML_PATH_SW;
    private static final MethodHandle WITH_POINTER =
            handle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle WITH_PATH =
            handle(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle WITH_MODE =
            handle(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final SimulatedDml dml = new SimulatedDml().withHardware();
    private final MemorySegment job = arena.allocate(SimulatedJob.SIZE, 64);
    private final MemorySegment source = arena.allocate(256, 64);
    private final MemorySegment destination = arena.allocate(256, 64);

    private static MethodHandle handle(FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(descriptor);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private int call(String function, MemorySegment on) {
        try {
            return (int) WITH_POINTER.invokeExact(dml.find(function).orElseThrow(), on);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private int withPath(String function, int path, MemorySegment pointer) {
        try {
            return (int) WITH_PATH.invokeExact(dml.find(function).orElseThrow(), path, pointer);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private int withMode(String function) {
        try {
            return (int) WITH_MODE.invokeExact(dml.find(function).orElseThrow(), job, 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private int init(int path) {
        return withPath("dml_init_job", path, job);
    }

    private int submit() {
        return call("dml_submit_job", job);
    }

    private int check() {
        return call("dml_check_job", job);
    }

    private int finish() {
        return call("dml_finalize_job", job);
    }

    private void describe(int operation, MemorySegment to, MemorySegment from, long length,
            long flags) {
        dml_job_t.operation(job, operation);
        dml_job_t.destination_first_ptr(job, to);
        dml_job_t.destination_length(job, (int) length);
        dml_job_t.source_first_ptr(job, from);
        dml_job_t.source_length(job, (int) length);
        dml_job_t.flags(job, flags);
        dml_job_t.pattern(job).fill((byte) 0x5A);
    }

    private void describeMove(long length) {
        describe(dml_h.DML_OP_MEM_MOVE, destination, source, length, 0);
    }

    private void assertBroken(Rule rule) {
        AssertionError failure = assertThrows(AssertionError.class, dml::assertClean);
        assertTrue(failure.getMessage().contains(rule.toString()), failure.getMessage());
        assertEquals(1, dml.violations().size(), failure.getMessage());
    }

    private void assertFinishesCleanly() {
        assertEquals(DML_STATUS_OK, finish());
        dml.close();
    }

    @Nested
    class AGoodCaller {
        @Test
        void initialisesSubmitsChecksAndFinalises() {
            source.fill((byte) 7);
            assertEquals(DML_STATUS_OK, init(HW));
            describeMove(100);
            assertEquals(DML_STATUS_OK, submit());
            assertEquals(DML_STATUS_BEING_PROCESSED, check());
            assertEquals(0, destination.get(JAVA_BYTE, 0), "moved before the end was reported");
            assertEquals(DML_STATUS_OK, check());
            assertEquals(100, source.mismatch(destination), "the first byte beyond");
            assertEquals(0, destination.get(JAVA_BYTE, 100));
            assertFinishesCleanly();
        }

        @Test
        void seesTheJobSizeOfTheRealLibrary() {
            MemorySegment size = arena.allocate(JAVA_INT);
            assertEquals(DML_STATUS_OK, withPath("dml_get_job_size", SW, size));
            assertEquals(376, size.get(JAVA_INT, 0));
        }

        @Test
        void readsTheVersion() {
            assertEquals("1.1.1", dml.library().version().version());
            assertEquals(1, dml.library().version().major());
        }

        @Test
        void jobFieldsMatchTheRealLibrary() {
            init(SW);
            assertEquals(0xFFFFFFFF, dml_job_t.numa_id(job));
            assertEquals(job.address() + 128, dml_job_t.internal_data_ptr(job).address());
            finish();
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void mayInitialiseAgainAfterFinalising(DmlPath path) {
            int number = path == DmlPath.HARDWARE ? HW : SW;
            init(number);
            finish();
            assertEquals(DML_STATUS_OK, init(number));
            assertFinishesCleanly();
        }

        @Test
        void softwareCompletesInTheSubmission() {
            init(SW);
            describe(dml_h.DML_OP_FILL, destination, MemorySegment.NULL, 10, 0);
            assertEquals(DML_STATUS_OK, submit());
            assertEquals((byte) 0x5A, destination.get(JAVA_BYTE, 9));
            assertEquals(0, destination.get(JAVA_BYTE, 10));
            assertEquals(DML_STATUS_OK, check());
            assertFinishesCleanly();
        }

        @Test
        void waitAndExecuteWork() {
            init(HW);
            describeMove(8);
            submit();
            assertEquals(DML_STATUS_OK, withMode("dml_wait_job"));
            describeMove(8);
            assertEquals(DML_STATUS_OK, withMode("dml_execute_job"));
            assertEquals(2, dml.submissions().size());
            assertFinishesCleanly();
        }

        @Test
        void flagsAreStrippedLikeInTheRealLibrary() {
            init(SW);
            describe(dml_h.DML_OP_MEM_MOVE, destination, source, 8,
                    dml_h.DML_FLAG_COPY_ONLY | 0x100);
            submit();
            assertEquals(0x100, dml_job_t.flags(job));
            assertEquals(0x120, dml.lastSubmission().flags());
            check();
            assertFinishesCleanly();
        }
    }

    @Nested
    class APlan {
        @Test
        void refusesTheNextSubmissionsWithAStatus() {
            init(HW);
            dml.next(Plan.refuse(102), Plan.refuse(24));
            describeMove(8);
            assertEquals(102, submit());
            describeMove(8);
            assertEquals(24, submit());
            describeMove(8);
            assertEquals(DML_STATUS_OK, submit());
            withMode("dml_wait_job");
            assertFinishesCleanly();
        }

        @Test
        void withoutHardwareRefusesThatPathOnly() {
            dml.withoutHardware(100);
            init(HW);
            describeMove(8);
            assertEquals(100, submit());
            finish();
            init(SW);
            describeMove(8);
            assertEquals(DML_STATUS_OK, submit());
            check();
            assertFinishesCleanly();
        }

        @Test
        void holdsUntilReleased() {
            dml.next(Plan.hold());
            init(HW);
            describeMove(8);
            submit();
            for (int i = 0; i < 100; i++) {
                assertEquals(DML_STATUS_BEING_PROCESSED, check());
            }
            assertEquals(1, dml.inFlight());
            dml.lastSubmission().release();
            assertEquals(DML_STATUS_OK, check());
            assertEquals(0, dml.inFlight());
            assertFinishesCleanly();
        }

        @Test
        void plannedFailureMovesPartOfTheBytes() {
            MemorySegment bytes = arena.allocate(8);
            bytes.copyFrom(MemorySegment.ofArray(new byte[]{1, 2, 3, 4, 5, 6, 7, 8}));
            init(SW);
            dml.next(Plan.fail(25).moving(2), Plan.fail(25).moving(2));
            describe(dml_h.DML_OP_MEM_MOVE, bytes.asSlice(2), bytes, 6, 0);
            submit();
            assertEquals(25, check());
            assertArrayEquals(new byte[]{1, 2, 3, 4, 5, 6, 5, 6}, bytes.toArray(JAVA_BYTE),
                    "from the end");
            describe(dml_h.DML_OP_MEM_MOVE, bytes, bytes.asSlice(2), 6, 0);
            submit();
            assertEquals(25, check());
            assertArrayEquals(new byte[]{3, 4, 3, 4, 5, 6, 5, 6}, bytes.toArray(JAVA_BYTE),
                    "from the start");
            assertFinishesCleanly();
        }

        @Test
        void corruptsAByteAndStillReportsSuccess() {
            source.fill((byte) 1);
            init(SW);
            dml.next(Plan.succeed().corrupting());
            describeMove(4);
            submit();
            assertEquals(DML_STATUS_OK, check());
            byte[] moved = new byte[]{~1, 1, 1, 1};
            assertArrayEquals(moved, Arrays.copyOf(destination.toArray(JAVA_BYTE), 4));
            assertFinishesCleanly();
        }

        @Test
        void canDependOnTheSubmission() {
            dml.always(s -> s.length() > 10 ? Plan.refuse(15) : Plan.succeed());
            init(SW);
            describeMove(11);
            assertEquals(15, submit());
            describeMove(10);
            assertEquals(DML_STATUS_OK, submit());
            check();
            assertFinishesCleanly();
        }
    }

    @Nested
    class BreaksARule {
        @Test
        void submittingAnUninitialisedJobBreaksARule() {
            submit();
            assertBroken(Rule.NEVER_INITIALISED);
        }

        @Test
        void checkingAnUninitialisedJobBreaksARule() {
            check();
            assertBroken(Rule.NEVER_INITIALISED);
        }

        @Test
        void passingNoJobBreaksARule() {
            call("dml_check_job", MemorySegment.NULL);
            assertBroken(Rule.NEVER_INITIALISED);
        }

        @Test
        void initialisingTwiceBreaksARule() {
            init(SW);
            init(SW);
            assertBroken(Rule.INITIALISED_TWICE);
        }

        @Test
        void usingAFinalisedJobBreaksARule() {
            init(SW);
            finish();
            describeMove(8);
            submit();
            assertBroken(Rule.FINALISED);
        }

        @Test
        void finalisingTwiceBreaksARule() {
            init(SW);
            finish();
            finish();
            assertBroken(Rule.FINALISED);
        }

        @Test
        void movingAJobBreaksARule() {
            init(SW);
            describeMove(8);
            MemorySegment moved = arena.allocate(SimulatedJob.SIZE, 64).copyFrom(job);
            call("dml_submit_job", moved);
            assertBroken(Rule.MOVED);
        }

        @Test
        void overwritingAJobBreaksARule() {
            MemorySegment other = arena.allocate(SimulatedJob.SIZE, 64);
            withPath("dml_init_job", SW, other);
            init(SW);
            job.copyFrom(other);
            submit();
            assertBroken(Rule.MOVED);
        }

        @Test
        void writingToTheInternalPartBreaksARule() {
            init(SW);
            describeMove(8);
            job.asSlice(120).fill((byte) 1);
            submit();
            assertBroken(Rule.OVERWRITTEN);
        }

        @Test
        @DisplayName("H1: checking an unsubmitted job breaks a rule")
        void checkingAnUnsubmittedJobBreaksARule() {
            init(HW);
            check();
            assertBroken(Rule.CHECKED_UNSUBMITTED);
        }

        @Test
        @DisplayName("H1: waiting for an unsubmitted job breaks a rule and returns")
        void waitingForAnUnsubmittedJobBreaksARule() {
            init(HW);
            withMode("dml_wait_job");
            assertBroken(Rule.CHECKED_UNSUBMITTED);
        }

        @Test
        @DisplayName("H1, H2: checking a refused submission breaks a rule")
        void checkingARefusedJobBreaksARule() {
            init(HW);
            describeMove(8);
            submit();
            withMode("dml_wait_job");
            dml.next(Plan.refuse(102));
            describeMove(8);
            submit();
            check();
            assertBroken(Rule.CHECKED_UNSUBMITTED);
        }

        @Test
        void checkingAnEndedJobBreaksARule() {
            init(SW);
            describeMove(8);
            submit();
            check();
            check();
            assertBroken(Rule.CHECKED_AFTER_END);
        }

        @Test
        void submittingAJobInFlightBreaksARule() {
            init(HW);
            describeMove(8);
            submit();
            describeMove(8);
            submit();
            assertBroken(Rule.SUBMITTED_IN_FLIGHT);
        }

        @Test
        void finalisingAJobInFlightBreaksARule() {
            init(HW);
            describeMove(8);
            submit();
            finish();
            assertBroken(Rule.FINALISED_IN_FLIGHT);
        }

        @Test
        @DisplayName("H13: using a job in two threads breaks a rule")
        void usingAJobInTwoThreadsBreaksARule() throws InterruptedException {
            var entered = new CountDownLatch(1);
            var leave = new CountDownLatch(1);
            dml.next(
                    Plan.succeed()
                            .during(
                                    () -> {
                                        entered.countDown();
                                        awaitQuietly(leave);
                                    }));
            init(SW);
            describeMove(8);
            Thread other = Thread.ofPlatform().start(() -> submit());
            entered.await();
            check();
            leave.countDown();
            other.join();
            assertBroken(Rule.TWO_THREADS);
        }

        @ParameterizedTest
        @DisplayName("H4: a length of 0 breaks a rule")
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void lengthZeroBreaksARule(DmlPath path) {
            init(path == DmlPath.HARDWARE ? HW : SW);
            describeMove(0);
            submit();
            assertBroken(Rule.LENGTH_ZERO);
        }

        @Test
        @DisplayName("H5: a length above the limit of the queues breaks a rule")
        void lengthAboveTheLimitBreaksARule() {
            dml.maxTransferBytes(64);
            init(HW);
            describeMove(65);
            submit();
            assertBroken(Rule.LENGTH_ABOVE_LIMIT);
        }

        @Test
        void nullDestinationBreaksARule() {
            init(SW);
            describe(dml_h.DML_OP_FILL, MemorySegment.NULL, MemorySegment.NULL, 8, 0);
            submit();
            assertBroken(Rule.NULL_ADDRESS);
        }

        @Test
        void nullSourceBreaksARule() {
            init(SW);
            describe(dml_h.DML_OP_MEM_MOVE, destination, MemorySegment.NULL, 8, 0);
            submit();
            assertBroken(Rule.NULL_ADDRESS);
        }

        @Test
        @DisplayName("H14: an access beyond the memory breaks a rule")
        void accessBeyondTheMemoryBreaksARule() {
            dml.allow(source);
            dml.allow(destination.asSlice(0, 10));
            init(SW);
            describeMove(11);
            submit();
            assertBroken(Rule.OUT_OF_BOUNDS);
        }

        @Test
        @DisplayName("H14: a source without memory breaks a rule")
        void sourceWithoutMemoryBreaksARule() {
            dml.allow(destination);
            init(SW);
            describeMove(8);
            submit();
            assertBroken(Rule.OUT_OF_BOUNDS);
        }

        @Test
        @DisplayName("H14: closed memory breaks a rule")
        void closedMemoryBreaksARule() {
            Arena brief = Arena.ofShared();
            MemorySegment gone = dml.allow(brief.allocate(64));
            dml.allow(destination);
            brief.close();
            init(SW);
            describe(dml_h.DML_OP_MEM_MOVE, destination, MemorySegment.ofAddress(gone.address()), 8,
                    0);
            submit();
            assertBroken(Rule.CLOSED_MEMORY);
        }

        @Test
        @DisplayName("H14: closing memory under the device breaks a rule")
        void closingMemoryInFlightBreaksARule() {
            Arena brief = Arena.ofShared();
            MemorySegment fleeting = dml.allow(brief.allocate(64));
            dml.allow(destination);
            init(HW);
            describe(dml_h.DML_OP_MEM_MOVE, destination, fleeting, 8, 0);
            submit();
            brief.close();
            withMode("dml_wait_job");
            assertBroken(Rule.CLOSED_MEMORY);
        }

        @Test
        @DisplayName("H6: COPY_ONLY with overlapping ranges breaks a rule")
        void overlapOfACopyBreaksARule() {
            init(SW);
            describe(dml_h.DML_OP_MEM_MOVE, source, source.asSlice(4), 8, dml_h.DML_FLAG_COPY_ONLY);
            submit();
            assertBroken(Rule.COPY_OVERLAP);
        }

        @Test
        @DisplayName("H10: flushing from the middle of a line breaks a rule")
        void flushFromTheMiddleOfALineBreaksARule() {
            init(SW);
            describe(dml_h.DML_OP_CACHE_FLUSH, destination.asSlice(8), MemorySegment.NULL, 64, 0);
            submit();
            assertBroken(Rule.PARTIAL_LINES);
        }

        @Test
        @DisplayName("H10: flushing to the middle of a line breaks a rule")
        void flushToTheMiddleOfALineBreaksARule() {
            init(SW);
            describe(dml_h.DML_OP_CACHE_FLUSH, destination, MemorySegment.NULL, 65, 0);
            submit();
            assertBroken(Rule.PARTIAL_LINES);
        }

        @ParameterizedTest
        @EnumSource
        void unwrittenFieldBreaksARule(Field stale) {
            int operation = stale == Field.PATTERN ? dml_h.DML_OP_FILL : dml_h.DML_OP_MEM_MOVE;
            init(SW);
            describe(operation, destination, source, 8, 0);
            submit();
            check();
            byte[] before = job.asSlice(stale.offset, stale.size).toArray(JAVA_BYTE);
            describe(operation, destination, source, 8, 0);
            MemorySegment.copy(before, 0, job, JAVA_BYTE, stale.offset, (int) stale.size);
            submit();
            assertBroken(Rule.STALE_FIELD);
        }

        @Test
        void droppedFlagsBreakARule() {
            init(SW);
            describe(dml_h.DML_OP_MEM_MOVE, destination, source, 8, 1L << 24);
            submit();
            assertBroken(Rule.DROPPED_FLAGS);
        }

        @Test
        @DisplayName("H8: the fence bit outside a batch breaks a rule")
        void fenceOutsideABatchBreaksARule() {
            init(SW);
            describe(dml_h.DML_OP_MEM_MOVE, destination, source, 8, 1);
            submit();
            assertBroken(Rule.FENCED_ALONE);
        }

        @Test
        void unknownOperationBreaksARule() {
            init(SW);
            describe(77, destination, source, 8, 0);
            submit();
            assertBroken(Rule.UNKNOWN_OPERATION);
        }

        @Test
        void unknownPathBreaksARule() {
            assertEquals(dml_h.DML_STATUS_PATH_ERROR, init(9));
            assertBroken(Rule.UNKNOWN_PATH);
        }

        @Test
        void unfinalisedJobBreaksARule() {
            init(SW);
            dml.assertClean();
            AssertionError failure = assertThrows(AssertionError.class, dml::close);
            assertTrue(failure.getMessage().contains(Rule.LEAKED.toString()), failure.getMessage());
        }

        @Test
        void throwingPlanDoesNotEscapeTheUpcall() {
            dml.next(
                    Plan.succeed()
                            .during(
                                    () -> {
                                        throw new IllegalStateException("from the plan");
                                    }));
            init(SW);
            describeMove(8);
            assertEquals(dml_h.DML_STATUS_INTERNAL_ERROR, submit());
            assertBroken(Rule.SIMULATOR_FAILED);
            assertTrue(dml.violations().getFirst().contains("from the plan"));
        }
    }

    enum Field {
        SOURCE(dml_job_t.source_first_ptr$offset(), 8),
        SOURCE_LENGTH(dml_job_t.source_length$offset(), 4),
        DESTINATION(dml_job_t.destination_first_ptr$offset(), 8),
        OPERATION(dml_job_t.operation$offset(), 4),
        FLAGS(dml_job_t.flags$offset(), 8),
        PATTERN(dml_job_t.pattern$offset(), 8);

        final long offset;
        final long size;

        Field(long offset, long size) {
            this.offset = offset;
            this.size = size;
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
