package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Thrown;
import io.github.vdm4j.UncaughtExceptions;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callbacks that block or throw during the hand-off of jobs between operations. */
class DmlHandOffTest extends AgainstSimulatedDml {
    @Test
    void blockingWakerDelaysNoHandOff() throws InterruptedException {
        dml.withHardware();
        DmlDataMover mover = open(builder(DmlPath.HARDWARE).slots(1));
        dml.next(Plan.hold(), Plan.refuse(dml_h.DML_STATUS_INTERNAL_ERROR));
        VdmFuture<VdmOutput> first = mover.memset(zeros(64), (byte) 1);
        assertSame(FutureState.RUNNING, first.poll());
        VdmFuture<VdmOutput> refused = mover.memset(zeros(64), (byte) 2);
        var blocked = new CountDownLatch(1);
        var unblock = new CountDownLatch(1);
        refused.poll(Notifier.of(() -> {
            blocked.countDown();
            try {
                unblock.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        List<VdmFuture<VdmOutput>> behind = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            behind.add(mover.memset(zeros(64), (byte) 3));
            assertSame(FutureState.RUNNING, behind.get(i).poll());
        }
        dml.lastSubmission().release();
        Thread polling = Thread.ofPlatform().start(first::busyPoll);
        try {
            assertTrue(blocked.await(20, TimeUnit.SECONDS));
            for (VdmFuture<VdmOutput> each : behind) {
                assertEquals(VdmResult.SUCCESS, finish(each).result());
            }
        } finally {
            unblock.countDown();
        }
        polling.join();
        assertEquals(VdmResult.DEVICE_ERROR, finish(refused).result());
        assertEquals(0, mover.slotsInUse());
    }

    @ParameterizedTest
    @EnumSource
    void throwingListenerEndsNoOperation(Thrown thrown) {
        dml.withHardware();
        try (var handler = new UncaughtExceptions()) {
            DmlDataMover mover = open(builder(DmlPath.AUTO)
                    .onDecision(decision -> thrown.raise()));
            dml.withoutHardware(dml_h.DML_STATUS_LIBACCEL_NOT_FOUND);
            for (int i = 0; i < 20; i++) {
                VdmFuture<VdmOutput> fill = finish(mover.memset(zeros(64), (byte) i));
                assertEquals(VdmResult.SUCCESS, fill.result());
                assertEquals(ExecutionPath.DML_SOFTWARE, fill.path());
            }
            assertFalse(mover.decision().usesDevice());
            assertEquals(1, Set.copyOf(handler.list()).size());
        }
    }
}
