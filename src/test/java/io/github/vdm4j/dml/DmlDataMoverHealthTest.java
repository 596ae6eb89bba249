package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.DeviceDecision;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Hardware that stops working")
class DmlDataMoverHealthTest extends AgainstSimulatedDml {
    private static final long SECOND = 1_000_000_000;
    private static final String BACK = "an empty operation came back from the hardware";

    @TempDir Path root;

    // The clock may wrap around.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND);
    private final List<DeviceDecision> heard = new ArrayList<>();
    private DmlDiagnosis diagnosis;

    @BeforeEach
    void aMachineWithOneFinding() {
        diagnosis = new DsaMachine(root).device(0, "state", "disabled").diagnosis();
    }

    private DmlDataMoverBuilder watched(DmlPath path) {
        return builder(path).clock(now::get).onDecision(heard::add).diagnosis(diagnosis);
    }

    /** Opens a mover on AUTO with working hardware, and forgets the probe. */
    private DmlDataMover auto() {
        dml.withHardware();
        DmlDataMover mover = open(watched(DmlPath.AUTO));
        assertSame(DmlPath.HARDWARE, mover.runningPath());
        dml.forget();
        heard.clear();
        return mover;
    }

    private void copy(DmlDataMover mover, ExecutionPath expected) {
        MemorySegment source = noise(100);
        MemorySegment destination = zeros(100);
        VdmFuture<VdmOutput> copy = finish(mover.memcpy(destination, source));
        copy.orThrow();
        assertArrayEquals(bytes(source), bytes(destination));
        assertSame(expected, copy.path());
    }

    private void refuseOnHardware(int status) {
        dml.always(submission -> submission.path() == DmlPath.HARDWARE ? Plan.refuse(status)
                : Plan.succeed());
    }

    private int hardwareSubmissions() {
        return (int) dml.submissions().stream().filter(s -> s.path() == DmlPath.HARDWARE).count();
    }

    private DmlDataMover givenUp() {
        DmlDataMover mover = auto();
        refuseOnHardware(100);
        for (int i = 0; i < 8; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
        dml.forget();
        heard.clear();
        return mover;
    }

    private void useUntilRunningOn(DmlPath path, DmlDataMover mover) {
        for (int i = 0; mover.runningPath() != path; i++) {
            assertTrue(i < 100, "still on " + mover.runningPath());
            finish(mover.memset(zeros(64), (byte) 1)).orThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 26, 27, 3, 44, 103, 999, -1})
    void eightFailuresWithoutASuccessStopHardware(int status) {
        DmlDataMover mover = auto();
        refuseOnHardware(status);
        for (int i = 0; i < 7; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
            assertSame(DmlPath.HARDWARE, mover.runningPath());
        }
        assertEquals(List.of(), heard);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
        assertEquals(
                List.of(new DeviceDecision(false,
                        "the hardware failed 8 times without a success, at last with "
                                + DmlStatus.of(status))),
                heard);
        assertEquals(heard.getFirst(), mover.decision());
        assertEquals("DML, path AUTO running SOFTWARE", mover.name());
        for (int i = 0; i < 20; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        assertEquals(8, hardwareSubmissions());
        assertEquals(1, heard.size());
    }

    @Test
    void failuresOfAcceptedOperationsCount() {
        DmlDataMover mover = auto();
        dml.always(s -> s.path() == DmlPath.HARDWARE ? Plan.fail(3).moving(50).corrupting()
                : Plan.succeed());
        for (int i = 0; i < 8; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
    }

    @Test
    void successResetsTheFailures() {
        DmlDataMover mover = auto();
        for (int round = 0; round < 5; round++) {
            refuseOnHardware(100);
            for (int i = 0; i < 7; i++) {
                copy(mover, ExecutionPath.DML_SOFTWARE);
            }
            dml.always(Plan.succeed());
            copy(mover, ExecutionPath.DSA_HARDWARE);
        }
        assertEquals(List.of(), heard);
    }

    /** The operation causes these statuses. A further operation may succeed. */
    @ParameterizedTest
    @ValueSource(ints = {25, 13, 14, 15, 18, 23, 46})
    void faultsOfAnOperationDoNotCount(int status) {
        DmlDataMover mover = auto();
        dml.always(s -> s.path() == DmlPath.HARDWARE ? Plan.fail(status) : Plan.succeed());
        for (int i = 0; i < 20; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        assertSame(DmlPath.HARDWARE, mover.runningPath());
    }

    @ParameterizedTest
    @ValueSource(ints = {102, 24})
    void queuesFullForASecondStopHardware(int status) {
        DmlDataMover mover = auto();
        refuseOnHardware(status);
        for (int i = 0; i < 100; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        now.addAndGet(SECOND - 1);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertSame(DmlPath.HARDWARE, mover.runningPath());
        now.addAndGet(1);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
        assertEquals("the work queues took nothing for a second: " + DmlStatus.of(status),
                heard.getFirst().reason());
    }

    @Test
    void occasionalAcceptanceKeepsHardware() {
        DmlDataMover mover = auto();
        for (int i = 0; i < 10; i++) {
            refuseOnHardware(102);
            copy(mover, ExecutionPath.DML_SOFTWARE);
            dml.always(Plan.succeed());
            copy(mover, ExecutionPath.DSA_HARDWARE);
            now.addAndGet(SECOND / 2);
        }
        assertEquals(List.of(), heard);
    }

    @Test
    void missingAnswerStopsHardware() {
        dml.withHardware();
        DmlDataMover mover = open(watched(DmlPath.AUTO).deviceTimeout(Duration.ofNanos(1)));
        heard.clear();
        dml.next(Plan.hold());
        assertSame(VdmResult.TIMEOUT, finish(mover.memset(zeros(64), (byte) 1)).result());
        assertEquals(
                List.of(new DeviceDecision(false, "the hardware did not answer for 1.0E-9 s")),
                heard);
        copy(mover, ExecutionPath.DML_SOFTWARE);
    }

    @Test
    void operationsInFlightEndInSoftwareOrFail() {
        DmlDataMover mover = auto();
        dml.always(s -> s.path() == DmlPath.HARDWARE ? Plan.hold() : Plan.succeed());
        MemorySegment source = noise(100);
        List<MemorySegment> targets = IntStream.range(0, 3).mapToObj(i -> zeros(100)).toList();
        List<VdmFuture<VdmOutput>> copies =
                targets.stream().map(target -> mover.memcpy(target, source)).toList();
        MemorySegment memory = noise(200);
        VdmFuture<VdmOutput> move = mover.memmove(memory.asSlice(1, 100), memory.asSlice(0, 100));
        copies.forEach(copy -> assertSame(FutureState.RUNNING, copy.poll()));
        assertSame(FutureState.RUNNING, move.poll());
        dml.loseDevice(3);
        copies.forEach(copy -> finish(copy).orThrow());
        targets.forEach(target -> assertArrayEquals(bytes(source), bytes(target)));
        finish(move);
        assertSame(VdmResult.DEVICE_ERROR, move.result());
        assertEquals(DmlStatus.of(3), move.failure().status());
        assertTrue(
                move.failure()
                        .getMessage()
                        .startsWith(
                                "memmove of 100 bytes on HARDWARE failed: INTERNAL_ERROR (3): "),
                move.failure().getMessage());
        for (int i = 0; i < 10; i++) {
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void successfulProbeRestoresHardware() {
        DmlDataMover mover = givenUp();
        now.addAndGet(SECOND - 1);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertEquals(0, hardwareSubmissions());
        now.addAndGet(1);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertEquals(1, hardwareSubmissions());
        assertTrue(dml.submissions().stream().anyMatch(s -> s.is(dml_h.DML_OP_NOP)));
        assertEquals(List.of(), heard, "nobody waits for it");
        useUntilRunningOn(DmlPath.HARDWARE, mover);
        assertEquals(List.of(new DeviceDecision(true, BACK)), heard);
        copy(mover, ExecutionPath.DSA_HARDWARE);
    }

    @Test
    void pausesDoubleUpToAMinute() {
        DmlDataMover mover = givenUp();
        refuseOnHardware(100);
        for (long pause : new long[]{1, 2, 4, 8, 16, 32, 60, 60}) {
            int before = hardwareSubmissions();
            now.addAndGet(pause * SECOND - 1);
            copy(mover, ExecutionPath.DML_SOFTWARE);
            assertEquals(before, hardwareSubmissions(), pause + " s are not over");
            now.addAndGet(1);
            copy(mover, ExecutionPath.DML_SOFTWARE);
            copy(mover, ExecutionPath.DML_SOFTWARE);
            assertEquals(before + 1, hardwareSubmissions(), pause + " s are over");
        }
        assertEquals(List.of(), heard);
    }

    /** A device that succeeds only at empty operations. */
    @Test
    void hardwareDoesNotFlap() {
        DmlDataMover mover = givenUp();
        dml.always(s -> s.path() == DmlPath.HARDWARE && !s.is(dml_h.DML_OP_NOP)
                ? Plan.refuse(3)
                : Plan.succeed().afterChecks(0));
        MemorySegment target = zeros(64);
        for (int i = 0; i < 10 * 60; i++) {
            for (int j = 0; j < 9; j++) {
                finish(mover.memset(target, (byte) j)).orThrow();
            }
            now.addAndGet(SECOND);
        }
        // The pauses are 1, 2, 4, 8, 16 and 32 s, and then 60 s.
        assertTrue(heard.size() <= 2 * (6 + 9), heard.size() + " decisions in ten minutes");
        assertTrue(heard.size() >= 2 * (6 + 8), heard.size() + " decisions in ten minutes");
    }

    @Test
    void successResetsThePause() {
        DmlDataMover mover = givenUp();
        now.addAndGet(SECOND);
        useUntilRunningOn(DmlPath.HARDWARE, mover);
        copy(mover, ExecutionPath.DSA_HARDWARE);
        refuseOnHardware(100);
        useUntilRunningOn(DmlPath.SOFTWARE, mover);
        int before = hardwareSubmissions();
        now.addAndGet(SECOND);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertEquals(before + 1, hardwareSubmissions());
    }

    /** A mover with a single job does not lose that job. */
    @Test
    void missingAnswerCostsNoJob() {
        dml.withHardware();
        DmlDataMover mover = open(watched(DmlPath.AUTO).slots(1));
        refuseOnHardware(100);
        useUntilRunningOn(DmlPath.SOFTWARE, mover);
        dml.always(s -> s.path() == DmlPath.HARDWARE ? Plan.hold() : Plan.succeed());
        dml.forget();
        dml.always(s -> s.path() == DmlPath.HARDWARE ? Plan.hold() : Plan.succeed());
        for (int i = 0; i < 100; i++) {
            now.addAndGet(60 * SECOND);
            copy(mover, ExecutionPath.DML_SOFTWARE);
        }
        assertEquals(1, hardwareSubmissions(), "it is not asked twice at once");
        assertEquals(0, mover.slotsInUse());
        dml.releaseAll();
        copy(mover, ExecutionPath.DSA_HARDWARE);
    }

    @Test
    void closeWaitsForAProbe() throws InterruptedException {
        DmlDataMover mover = givenUp();
        dml.always(s -> s.path() == DmlPath.HARDWARE ? Plan.hold() : Plan.succeed());
        now.addAndGet(SECOND);
        copy(mover, ExecutionPath.DML_SOFTWARE);
        assertEquals(1, dml.inFlight());
        Thread closer = Thread.ofPlatform().start(mover::close);
        while (closer.isAlive() && closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait(); // until it waits
        }
        assertTrue(closer.isAlive(), "it did not wait");
        dml.releaseAll();
        closer.join();
        assertEquals(0, dml.liveJobs());
    }

    @Test
    void requestedHardwareIsNeverReplaced() {
        dml.withHardware();
        DmlDataMover mover = open(watched(DmlPath.HARDWARE));
        heard.clear();
        dml.loseDevice(3);
        for (int i = 0; i < 20; i++) {
            VdmFuture<VdmOutput> fill = finish(mover.memset(zeros(64), (byte) 1));
            assertSame(VdmResult.NO_DEVICE, fill.result());
        }
        assertSame(DmlPath.HARDWARE, mover.runningPath());
        assertEquals(List.of(), heard);
        dml.withHardware();
        copy(mover, ExecutionPath.DSA_HARDWARE);
    }

    /** A listener may use the mover. It does not delay other threads. */
    @Test
    void listenerRunsWithoutLocks() {
        dml.withHardware();
        var copied = new ArrayList<VdmResult>();
        var mover = new DmlDataMover[1];
        mover[0] = open(builder(DmlPath.AUTO).diagnosis(diagnosis).onDecision(decision -> {
            if (!decision.usesDevice()) {
                Thread other = Thread.ofPlatform().start(() -> {
                    copied.add(finish(mover[0].memset(zeros(64), (byte) 1)).result());
                    mover[0].slotsOverdue();
                });
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                copied.add(finish(mover[0].memset(zeros(64), (byte) 1)).result());
            }
        }));
        refuseOnHardware(100);
        for (int i = 0; i < 8; i++) {
            copy(mover[0], ExecutionPath.DML_SOFTWARE);
        }
        assertEquals(List.of(VdmResult.SUCCESS, VdmResult.SUCCESS), copied);
    }

    /** A listener that takes long must not receive an old decision after a newer one. */
    @Test
    void newestDecisionIsHeardLast() throws InterruptedException {
        dml.withHardware();
        var stopped = new CountDownLatch(1);
        var resumed = new CountDownLatch(1);
        DmlDataMover mover = open(watched(DmlPath.AUTO).onDecision(decision -> {
            if (!decision.usesDevice()) {
                stopped.countDown();
                try {
                    resumed.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            heard.add(decision);
        }));
        refuseOnHardware(100);
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 8; i++) {
                copy(mover, ExecutionPath.DML_SOFTWARE);
            }
        });
        stopped.await();
        assertFalse(mover.decision().usesDevice());
        dml.always(submission -> Plan.succeed());
        now.addAndGet(SECOND);
        useUntilRunningOn(DmlPath.HARDWARE, mover);
        resumed.countDown();
        other.join();
        assertEquals(List.of(true, false, true),
                heard.stream().map(DeviceDecision::usesDevice).toList());
        assertEquals(heard.getLast(), mover.decision());
    }

    /** The operation of the poll that calls the listener cannot end before the listener returns. */
    @Test
    void listenerMayCloseTheMover() throws InterruptedException {
        dml.withHardware();
        var closed = new ArrayList<DmlDataMover>();
        var mover = new DmlDataMover[1];
        mover[0] = open(builder(DmlPath.AUTO).diagnosis(diagnosis)
                .closeTimeout(Duration.ofSeconds(2))
                .onDecision(decision -> {
                    if (!decision.usesDevice()) {
                        mover[0].close();
                        closed.add(mover[0]);
                    }
                }));
        refuseOnHardware(100);
        for (int i = 0; i < 8; i++) {
            copy(mover[0], ExecutionPath.DML_SOFTWARE);
        }
        assertEquals(List.of(mover[0]), closed);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("vdm4j-close")) {
                thread.join();
            }
        }
        assertEquals(0, mover[0].nativeBytes());
    }

    @Test
    void failingListenerDoesNotHideTheDecision() {
        dml.withHardware();
        var seen = new ArrayList<String>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> seen.add(e.getMessage()));
        try {
            DmlDataMover mover = open(watched(DmlPath.AUTO).onDecision(decision -> {
                throw new IllegalStateException(decision.reason());
            }));
            refuseOnHardware(100);
            for (int i = 0; i < 8; i++) {
                copy(mover, ExecutionPath.DML_SOFTWARE);
            }
            assertFalse(mover.decision().usesDevice());
            assertEquals(List.of(BACK, mover.decision().reason()), seen);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
    }
}
