package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.future.FutureState;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mover's result for every status of a library, known or unknown. */
@DisplayName("H15: a status other than OK and JOB_CORRUPTED")
class DmlDataMoverStatusTest extends AgainstSimulatedDml {
    static IntStream failures() {
        return IntStream.concat(
                IntStream.concat(IntStream.rangeClosed(1, 50), IntStream.rangeClosed(100, 110)),
                IntStream.of(255, -1, Integer.MIN_VALUE));
    }

    static IntStream failuresThatEndAJob() {
        return failures().filter(status -> status != dml_h.DML_STATUS_BEING_PROCESSED);
    }

    private static void assertFailedWith(int code, String where, VdmFuture<VdmOutput> future) {
        DmlStatus status = DmlStatus.of(code);
        assertSame(FutureState.COMPLETE, future.state());
        assertNotSame(VdmResult.SUCCESS, future.result());
        assertSame(status.result(), future.result());
        VdmException thrown = assertThrows(VdmException.class, future::orThrow);
        assertEquals(status, thrown.status());
        assertEquals(code, thrown.status().code());
        assertEquals(
                "memmove of 64 bytes on %s failed: %s: %s".formatted(where, status,
                        status.explanation()),
                thrown.getMessage());
    }

    private DmlDataMover open(String path) {
        dml.withHardware();
        return open(builder(DmlPath.valueOf(path)).queueFullTimeout(Duration.ZERO));
    }

    private VdmFuture<VdmOutput> move(DmlDataMover mover) {
        return mover.memmove(zeros(64), noise(64));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void refusedHardwareSubmissionFails(int status) {
        DmlDataMover mover = open("HARDWARE");
        dml.always(Plan.refuse(status));
        VdmFuture<VdmOutput> move = move(mover);
        assertSame(FutureState.COMPLETE, move.poll());
        assertFailedWith(status, "HARDWARE", move);
        assertEquals(0, mover.slotsInUse());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void refusedSoftwareSubmissionFails(int status) {
        DmlDataMover mover = open("SOFTWARE");
        dml.always(Plan.refuse(status));
        VdmFuture<VdmOutput> move = move(mover);
        assertSame(FutureState.COMPLETE, move.poll());
        assertFailedWith(status, "SOFTWARE", move);
    }

    @ParameterizedTest
    @MethodSource("failuresThatEndAJob")
    void failedHardwareOperationFails(int status) {
        DmlDataMover mover = open("HARDWARE");
        dml.always(Plan.fail(status).moving(7));
        assertFailedWith(status, "HARDWARE", finish(move(mover)));
        assertEquals(0, mover.slotsInUse());
    }

    @ParameterizedTest
    @MethodSource("failuresThatEndAJob")
    void failedSoftwareOperationFails(int status) {
        DmlDataMover mover = open("SOFTWARE");
        dml.always(Plan.fail(status).moving(64));
        VdmFuture<VdmOutput> move = move(mover);
        finish(move);
        assertFailedWith(status, "SOFTWARE", move);
    }

    @ParameterizedTest
    @MethodSource("failuresThatEndAJob")
    void moverStaysUsableAfterAStatus(int status) {
        DmlDataMover mover = open("HARDWARE");
        dml.next(Plan.refuse(status));
        finish(move(mover));
        dml.always(Plan.fail(status));
        finish(move(mover));
        dml.always(Plan.succeed());
        assertSame(VdmResult.SUCCESS, finish(move(mover)).result());
    }
}
