package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.jvm.Crc32cKernel;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long operations on the workers of a DML mover without hardware. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AutoParallelTest extends AgainstSimulatedDml {
    private static final DifConfig DIF = DifConfig.of(DifBlockSize.BYTES_512);
    private static final int LONG = 9 << 20;

    private DmlDataMover workers(DmlPath path) {
        return workers(path, Long.MAX_VALUE);
    }

    private DmlDataMover workers(DmlPath path, long jvmUpTo) {
        return open(builder(path).jvmUpTo(jvmUpTo)
                .workers(2)
                .workersFrom(Parts.BYTES)
                .parallelFrom(2 * Parts.BYTES));
    }

    private VdmFuture<VdmOutput> begin(DmlDataMover mover) {
        MemorySegment blocks = zeros(64 << 20);
        VdmFuture<VdmOutput> operation =
                mover.difInsert(zeros((64 << 20) / 512 * 520), blocks, DIF, VdmFlags.NONE);
        operation.poll();
        while (operation.bytesDone() == 0) {
            Thread.onSpinWait();
        }
        return operation;
    }

    @Test
    void longOperationIsDividedOnAuto() {
        DmlDataMover mover = workers(DmlPath.AUTO);
        MemorySegment source = noise(LONG);
        MemorySegment copy = zeros(LONG);
        VdmFuture<Crc32c> future =
                mover.copyCrc32c(copy, source, CrcOptions.STANDARD, VdmFlags.NONE);
        assertEquals(new Crc32c(new Crc32cKernel().crc(source, CrcOptions.STANDARD)),
                finish(future).output());
        assertSame(ExecutionPath.JVM, future.path());
        assertEquals(-1, copy.mismatch(source));
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void dmlExecutesLongOperationOnSoftware() {
        DmlDataMover mover = workers(DmlPath.SOFTWARE);
        MemorySegment source = noise(LONG);
        MemorySegment copy = zeros(LONG);
        VdmFuture<VdmOutput> future = finish(mover.memcpy(copy, source));
        assertSame(ExecutionPath.DML_SOFTWARE, future.path());
        assertEquals(-1, copy.mismatch(source));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, LONG - 1, LONG})
    void limitOfTheJvmHoldsForParts(long limit) {
        DmlDataMover mover = workers(DmlPath.AUTO, limit);
        MemorySegment source = noise(LONG);
        MemorySegment copy = zeros(LONG);
        VdmFuture<VdmOutput> future = finish(mover.memcpy(copy, source));
        assertSame(limit < LONG ? ExecutionPath.DML_SOFTWARE : ExecutionPath.JVM, future.path());
        assertEquals(-1, copy.mismatch(source));
    }

    /** On a busy machine, an operation can end before this thread cancels it. */
    @Test
    void cancelStopsBetweenParts() {
        DmlDataMover mover = workers(DmlPath.AUTO);
        VdmFuture<VdmOutput> operation;
        do {
            operation = begin(mover);
            assertFalse(operation.cancel(), "the operation has begun");
            operation.busyPoll();
        } while (operation.result() == VdmResult.SUCCESS);
        assertSame(VdmResult.STOPPED, operation.result());
        assertTrue(operation.bytesDone() < operation.byteSize());
    }

    @Test
    void closeNowEndsOnlyWaitingOperations() {
        DmlDataMover mover = workers(DmlPath.AUTO);
        VdmFuture<VdmOutput> begun = begin(mover);
        VdmFuture<VdmOutput> other = begin(mover);
        VdmFuture<VdmOutput> waiting = mover.memcpy(zeros(LONG), zeros(LONG));
        waiting.poll();
        int refused = mover.closeNow();
        assertSame(VdmResult.SUCCESS, begun.result());
        assertSame(VdmResult.SUCCESS, other.result());
        assertEquals(waiting.result() == VdmResult.CLOSED ? 1 : 0, refused);
        assertEquals(0, mover.nativeBytes());
    }

    @Test
    void closeInsideAWakerDoesNotWait() throws InterruptedException {
        DmlDataMover mover = workers(DmlPath.AUTO);
        var closed = new CountDownLatch(1);
        VdmFuture<VdmOutput> operation =
                mover.difInsert(zeros((64 << 20) / 512 * 520), zeros(64 << 20), DIF, VdmFlags.NONE);
        Notifier notifier = Notifier.of(() -> {
            mover.close(); // The waker runs on the worker for which close would wait.
            closed.countDown();
        });
        operation.poll(notifier);
        assertSame(NotifierType.WAKER, notifier.used());
        assertTrue(closed.await(30, TimeUnit.SECONDS));
        while (mover.nativeBytes() > 0) {
            Thread.onSpinWait(); // Another thread finishes the closing.
        }
        assertSame(VdmResult.SUCCESS, operation.result());
    }
}
