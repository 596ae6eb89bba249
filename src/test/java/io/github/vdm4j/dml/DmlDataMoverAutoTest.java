package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.future.FutureProperty;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The path of operations on a machine with hardware and on a machine without hardware. */
class DmlDataMoverAutoTest extends AgainstSimulatedDml {

    private List<DmlPath> pathsTaken() {
        return dml.submissions().stream().map(Submission::path).toList();
    }

    private VdmFuture<VdmOutput> copy(DmlDataMover mover, ExecutionPath expected) {
        dml.forget();
        return copyGoingOn(mover, expected);
    }

    private VdmFuture<VdmOutput> copyGoingOn(DmlDataMover mover, ExecutionPath expected) {
        MemorySegment source = noise(200);
        MemorySegment destination = zeros(200);
        VdmFuture<VdmOutput> copy = finish(mover.memcpy(destination, source));
        copy.orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertSame(expected, copy.path());
        assertSame(expected, copy.output().path());
        return copy;
    }

    @Nested
    class Auto {
        @Test
        void autoTakesHardwareAfterASuccessfulProbe() {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            assertSame(DmlPath.AUTO, mover.path());
            assertSame(DmlPath.HARDWARE, mover.runningPath());
            assertEquals("DML, path AUTO running HARDWARE", mover.name());
            assertEquals(List.of(DmlPath.HARDWARE), pathsTaken());
            assertEquals(dml_h.DML_OP_NOP, dml.lastSubmission().operation());
            VdmFuture<VdmOutput> copy = copy(mover, ExecutionPath.DSA_HARDWARE);
            assertEquals(true, copy.hasProperty(FutureProperty.ASYNC));
            assertEquals(List.of(DmlPath.HARDWARE), pathsTaken());
        }

        @ParameterizedTest
        @ValueSource(ints = {100, 102, 110, 999, -1})
        void autoTakesSoftwareIfTheProbeIsRefused(int status) {
            dml.withoutHardware(status);
            DmlDataMover mover = open(DmlPath.AUTO);
            assertSame(DmlPath.AUTO, mover.path());
            assertSame(DmlPath.SOFTWARE, mover.runningPath());
            assertEquals(1, dml.liveJobs(), "no job for hardware is needed");
            assertEquals(4 * 384, mover.nativeBytes());
            VdmFuture<VdmOutput> copy = copy(mover, ExecutionPath.DML_SOFTWARE);
            assertEquals(false, copy.hasProperty(FutureProperty.ASYNC));
            assertEquals(List.of(DmlPath.SOFTWARE), pathsTaken());
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 3, 25, 46})
        void autoTakesSoftwareIfTheProbeFails(int status) {
            dml.withHardware().next(Plan.fail(status));
            DmlDataMover mover = open(DmlPath.AUTO);
            assertSame(DmlPath.SOFTWARE, mover.runningPath());
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }

        @ParameterizedTest
        @ValueSource(ints = {100, 102, 24, 15, 103})
        void refusedOperationFallsBackToSoftware(int status) {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            dml.forget();
            dml.next(Plan.refuse(status));
            copyGoingOn(mover, ExecutionPath.DML_SOFTWARE);
            assertEquals(List.of(DmlPath.HARDWARE, DmlPath.SOFTWARE), pathsTaken());
            assertSame(DmlPath.HARDWARE, mover.runningPath());
            copy(mover, ExecutionPath.DSA_HARDWARE);
        }

        @Test
        void refusedPartFallsBackToSoftware() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.AUTO).maxTransferBytes(64));
            dml.forget();
            dml.next(Plan.succeed(), Plan.refuse(102));
            copyGoingOn(mover, ExecutionPath.DML_SOFTWARE);
            assertEquals(
                    List.of(
                            DmlPath.HARDWARE, DmlPath.HARDWARE, DmlPath.SOFTWARE, DmlPath.SOFTWARE,
                            DmlPath.SOFTWARE),
                    pathsTaken());
        }

        @ParameterizedTest
        @ValueSource(ints = {3, 44, 46})
        void failedCopyIsRepeatedInSoftware(int status) {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            dml.forget();
            dml.next(Plan.fail(status).moving(99).corrupting());
            copyGoingOn(mover, ExecutionPath.DML_SOFTWARE);
        }

        @Test
        void faultingCopyIsRepeatedInSoftware() {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            dml.forget();
            dml.always(
                    part -> part.path() == DmlPath.HARDWARE
                            ? Plan.fail(dml_h.DML_STATUS_PAGE_FAULT_ERROR)
                            : Plan.succeed());
            copyGoingOn(mover, ExecutionPath.DML_SOFTWARE);
            assertEquals(17, dml.submissions().size());
        }

        @Test
        void failedOverlappingMoveIsNotRepeated() {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            dml.forget();
            dml.next(Plan.fail(3).moving(50));
            MemorySegment memory = noise(200);
            VdmFuture<VdmOutput> move =
                    finish(mover.memmove(memory.asSlice(1, 100), memory.asSlice(0, 100)));
            assertSame(VdmResult.DEVICE_ERROR, move.result());
            assertEquals(1, dml.submissions().size());
        }

        @Test
        void softwareOperationIsNotRepeated() {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            dml.forget();
            dml.next(Plan.refuse(102), Plan.fail(3));
            VdmFuture<VdmOutput> copy = finish(mover.memcpy(zeros(64), noise(64)));
            assertSame(VdmResult.DEVICE_ERROR, copy.result());
            assertEquals(2, dml.submissions().size());
        }

        @Test
        void durableMoveInSoftwareIsWrittenBack() {
            dml.withHardware();
            DmlDataMover mover = open(DmlPath.AUTO);
            dml.forget();
            finish(mover.memset(zeros(64), (byte) 1, VdmFlags.MEM_DURABLE)).orThrow();
            assertEquals(List.of(DmlPath.HARDWARE), pathsTaken());
            dml.forget();
            dml.next(Plan.refuse(102));
            finish(mover.memset(zeros(64), (byte) 1, VdmFlags.MEM_DURABLE)).orThrow();
            assertEquals(List.of(DmlPath.HARDWARE, DmlPath.SOFTWARE, DmlPath.SOFTWARE),
                    pathsTaken());
            assertEquals(dml_h.DML_OP_CACHE_FLUSH, dml.lastSubmission().operation());
        }

        /** The device may still write to the job of the operation that did not end. */
        @Test
        void silentHardwareKeepsItsJob() {
            dml.withHardware().next(Plan.hold());
            DmlDataMover mover = open(DmlPath.AUTO);
            assertSame(DmlPath.SOFTWARE, mover.runningPath());
            assertEquals(1, dml.inFlight());
            copy(mover, ExecutionPath.DML_SOFTWARE);
            mover.close();
            assertEquals(1, dml.inFlight());
            dml.abandonJobsInFlight();
        }
    }

    @Test
    void defaultPolicyOnHardwareIsThatOfP24() {
        dml.withHardware();
        DmlDataMover mover = open(DmlDataMover.builder().library(dml.library()));
        assertEquals(OffloadPolicy.offloading(OffloadPolicy.OFFLOAD_FROM,
                OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED, 4 << 20).words(),
                mover.policy());
    }

    @Nested
    class SplitCopies {
        private static final int BYTES = 1 << 20;

        private void copyAwaited(DmlPath path, boolean split, ExecutionPath expected,
                Plan... plans) {
            dml.withHardware();
            DmlDataMover mover = open(builder(path).splitLongCopies(split));
            MemorySegment source = noise(BYTES);
            MemorySegment destination = zeros(BYTES);
            dml.forget();
            dml.next(plans);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
            copy.await();
            assertArrayEquals(bytes(source), bytes(destination));
            assertSame(expected, copy.path());
        }

        private long submitted() {
            return dml.submissions().stream().mapToLong(Submission::length).sum();
        }

        @Test
        void awaitingThreadCopiesAShare() {
            copyAwaited(DmlPath.AUTO, true, ExecutionPath.DSA_HARDWARE,
                    Plan.succeed().afterChecks(1_000));
            assertEquals(BYTES / 2, submitted());
        }

        @Test
        void softwareContinuesWhereTheDeviceFailed() {
            copyAwaited(DmlPath.AUTO, true, ExecutionPath.DML_SOFTWARE,
                    Plan.fail(dml_h.DML_STATUS_INTERNAL_ERROR).afterChecks(1_000));
            assertEquals(BYTES, submitted());
        }

        @ParameterizedTest
        @CsvSource({"AUTO, false", "HARDWARE, true"})
        void deviceGetsWholeCopiesOtherwise(DmlPath path, boolean split) {
            copyAwaited(path, split, ExecutionPath.DSA_HARDWARE,
                    Plan.succeed().afterChecks(1_000));
            assertEquals(BYTES, submitted());
        }
    }

    @Nested
    class ARequestedPath {
        @ParameterizedTest
        @ValueSource(ints = {100, 101})
        void requestedHardwareIsNeverReplaced(int status) {
            DmlDataMover mover = hardware();
            dml.withoutHardware(status);
            assertSame(DmlPath.HARDWARE, mover.runningPath());
            VdmFuture<VdmOutput> copy = finish(mover.memcpy(zeros(64), noise(64)));
            assertSame(VdmResult.NO_DEVICE, copy.result());
            assertEquals(status, copy.failure().status().code());
            assertEquals(List.of(DmlPath.HARDWARE), pathsTaken());
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void requestedPathRunsEveryOperation(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            assertSame(path, mover.path());
            assertSame(path, mover.runningPath());
            assertEquals("DML, path " + path, mover.name());
            copy(mover, path == DmlPath.HARDWARE ? ExecutionPath.DSA_HARDWARE
                    : ExecutionPath.DML_SOFTWARE);
            assertEquals(List.of(path), pathsTaken());
        }
    }
}
