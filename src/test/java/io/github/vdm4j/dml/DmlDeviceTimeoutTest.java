package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A job that the device does not answer in time")
class DmlDeviceTimeoutTest extends AgainstSimulatedDml {

    private DmlDataMover impatient(DmlPath path) {
        dml.withHardware();
        return open(builder(path).deviceTimeout(Duration.ofNanos(1)));
    }

    private void assertTimedOut(VdmFuture<VdmOutput> future) {
        assertSame(VdmResult.TIMEOUT, future.result());
        assertNull(future.failure().status());
        assertSame(ExecutionPath.DSA_HARDWARE, future.path());
    }

    @Test
    void timedOutOperationFailsWithAWarning() {
        DmlDataMover mover = impatient(DmlPath.HARDWARE);
        dml.always(Plan.hold());
        VdmFuture<VdmOutput> copy = finish(mover.memcpy(zeros(64), noise(64)));
        assertTimedOut(copy);
        assertEquals(
                "memcpy of 64 bytes on HARDWARE failed: no answer for 1.0E-9 s (deviceTimeout). "
                        + "The device may still read and"
                        + " write this memory: leave it alone until slotsOverdue() of the mover "
                        + "is 0",
                copy.failure().getMessage());
        assertEquals(1, dml.submissions().size(), "nothing is tried again");
        assertEquals(1, mover.slotsOverdue());
    }

    @Test
    void timeoutReportsTheBytesDone() {
        dml.withHardware();
        DmlDataMover mover =
                open(builder(DmlPath.HARDWARE).deviceTimeout(Duration.ofNanos(1))
                        .maxTransferBytes(64));
        dml.next(Plan.succeed(), Plan.hold());
        VdmFuture<VdmOutput> fill = finish(mover.memset(zeros(200), (byte) 1));
        assertTimedOut(fill);
        assertTrue(
                fill.failure()
                        .getMessage()
                        .startsWith(
                                "memset of 200 bytes on HARDWARE failed after 64 bytes: no answer"),
                fill.failure().getMessage());
    }

    /** A late device may write after the software. */
    @Test
    void timedOutOperationIsNotRepeated() {
        DmlDataMover mover = impatient(DmlPath.AUTO);
        dml.forget();
        dml.next(Plan.hold());
        assertTimedOut(finish(mover.memcpy(zeros(64), noise(64))));
        assertEquals(1, dml.submissions().size());
    }

    @Test
    void operationWaitsForTheDeviceTimeout() {
        dml.withHardware();
        DmlDataMover mover = open(builder(DmlPath.HARDWARE).deviceTimeout(Duration.ofHours(1)));
        dml.always(Plan.succeed().afterChecks(100_000));
        finish(mover.memset(zeros(64), (byte) 1)).orThrow();
        assertEquals(100_001, dml.checks());
    }

    @Test
    void eachPartHasItsOwnTimeout() {
        dml.withHardware();
        DmlDataMover mover = open(
                builder(DmlPath.HARDWARE).deviceTimeout(Duration.ofNanos(1)).maxTransferBytes(64));
        dml.always(Plan.succeed().afterChecks(3));
        finish(mover.memset(zeros(64 * 20), (byte) 1)).orThrow();
    }

    /** Until then, the device may write to the memory. */
    @Test
    void lateDeviceKeepsItsJobAndMemory() {
        DmlDataMover mover = impatient(DmlPath.HARDWARE);
        dml.next(Plan.hold());
        MemorySegment source = noise(64);
        MemorySegment destination = zeros(64);
        finish(mover.memcpy(destination, source));
        Submission late = dml.lastSubmission();
        for (int i = 0; i < 20; i++) {
            VdmFuture<VdmOutput> other = mover.memset(zeros(64), (byte) i);
            finish(other).orThrow();
            assertFalse(late.job() == dml.lastSubmission().job(),
                    "the job that the device still has");
        }
        assertEquals(1, dml.inFlight());
        assertEquals(1, mover.slotsOverdue());
        late.release();
        assertEquals(0, mover.slotsOverdue());
        assertArrayEquals(bytes(source), bytes(destination), "the device did it in the end");
        assertEquals(0, dml.inFlight());
    }

    @Test
    void lateDeviceKeepsTheBufferOpen() throws Exception {
        DmlDataMover mover = impatient(DmlPath.HARDWARE);
        dml.next(Plan.hold());
        OffHeapBuffer buffer = OffHeapBuffer.allocate(64);
        MemorySegment segment = dml.allow(buffer.segment());
        VdmFuture<VdmOutput> fill = finish(mover.memset(segment, (byte) 7));
        assertTimedOut(fill);
        Thread closer = Thread.ofPlatform().start(buffer::close);
        while (closer.getState() == Thread.State.NEW
                || closer.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait(); // until it waits
        }
        assertTrue(segment.scope().isAlive());
        assertEquals(1, dml.inFlight());
        dml.lastSubmission().release();
        closer.join();
        assertFalse(segment.scope().isAlive());
        assertEquals(0, mover.slotsOverdue());
    }

    @Test
    void lateJobIsReplaced() {
        DmlDataMover mover = impatient(DmlPath.HARDWARE);
        dml.next(Plan.hold(), Plan.hold(), Plan.hold(), Plan.hold());
        List<VdmFuture<VdmOutput>> late = IntStream.range(0, 4)
                .mapToObj(i -> finish(mover.memset(zeros(64), (byte) i)))
                .toList();
        late.forEach(this::assertTimedOut);
        assertEquals(0, mover.slotsInUse());
        assertEquals(4, mover.slotsOverdue());
        List<VdmFuture<VdmOutput>> more =
                IntStream.range(0, 4).mapToObj(i -> mover.memset(zeros(64), (byte) i)).toList();
        more.forEach(fill -> assertSame(FutureState.RUNNING, fill.poll()));
        more.forEach(fill -> finish(fill).orThrow());
        assertEquals(2 * 4 * 384, mover.nativeBytes());
    }

    /** This limits the native memory to the mover's number of jobs. */
    @Test
    void manyLateJobsReduceTheCapacity() {
        DmlDataMover mover = impatient(DmlPath.HARDWARE);
        dml.always(Plan.hold());
        for (int i = 0; i < 8; i++) {
            assertTimedOut(finish(mover.memset(zeros(64), (byte) i)));
        }
        assertEquals(8, mover.slotsOverdue());
        VdmFuture<VdmOutput> waiting = mover.memset(zeros(64), (byte) 9);
        assertSame(FutureState.RUNNING, waiting.poll());
        assertSame(FutureState.RUNNING, waiting.poll());
        assertEquals(2 * 4 * 384, mover.nativeBytes());
        dml.always(Plan.succeed());
        dml.releaseAll();
        finish(waiting).orThrow();
        for (int round = 0; round < 3; round++) {
            finish(mover.memset(zeros(64), (byte) 10)).orThrow();
        }
        assertEquals(0, mover.slotsOverdue());
        assertEquals(0, mover.slotsInUse());
    }

    /** The mover reuses ended jobs before it makes new jobs. */
    @ParameterizedTest
    @ValueSource(strings = {"HARDWARE", "AUTO"})
    void answeredJobIsReused(String path) {
        DmlDataMover mover = impatient(DmlPath.valueOf(path));
        dml.forget();
        long bytes = 0;
        for (int i = 0; i < 100; i++) {
            dml.next(Plan.hold());
            VdmFuture<VdmOutput> late = finish(mover.memset(zeros(64), (byte) i));
            if (late.result() == VdmResult.TIMEOUT) {
                dml.lastSubmission().release();
            }
            assertEquals(0, mover.slotsOverdue());
            bytes = i == 0 ? mover.nativeBytes() : bytes;
        }
        assertEquals(bytes, mover.nativeBytes());
    }

    @Test
    void closeWaitsForTheTimeout() throws InterruptedException {
        DmlDataMover mover = impatient(DmlPath.HARDWARE);
        dml.next(Plan.hold());
        finish(mover.memset(zeros(64), (byte) 1));
        Thread closer = Thread.ofPlatform().start(mover::close);
        while (closer.isAlive() && closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait(); // until it waits
        }
        assertTrue(closer.isAlive(), "it did not wait");
        assertEquals(1, dml.inFlight());
        dml.lastSubmission().release();
        closer.join();
        assertEquals(0, dml.liveJobs());
        assertEquals(0, mover.slotsOverdue());
        assertEquals(0, mover.nativeBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.000000001S", "PT999999H"})
    void wrongTimeoutIsRefused(String time) {
        var refused = assertThrows(IllegalArgumentException.class,
                () -> builder(DmlPath.AUTO).deviceTimeout(Duration.parse(time)));
        assertEquals("deviceTimeout " + Duration.parse(time) + ": must be above 0, up to PT24H",
                refused.getMessage());
    }
}
