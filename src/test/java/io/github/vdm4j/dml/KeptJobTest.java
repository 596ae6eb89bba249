package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Reusable operations that keep a job, on the software path of a mover with four, and whoever else needs one. */
class KeptJobTest extends AgainstSimulatedDml {
    private final DmlDataMover mover = software();

    private VdmOperation keeping() {
        return run(mover.newOperation().memset(zeros(64), (byte) 1, VdmFlags.NONE));
    }

    private static VdmOperation run(VdmOperation operation) {
        assertEquals(FutureState.COMPLETE, operation.start().state());
        operation.orThrow();
        return operation;
    }

    /**
     * Starts plain operations inside of one another, so that each needs a job of its own.
     *
     * @return how they ended, from the outermost on
     */
    private List<VdmResult> nested(int depth) {
        var results = new ArrayList<VdmResult>();
        if (depth > 0) {
            VdmFuture outer = mover.memset(zeros(64), (byte) 2);
            var inner = new ArrayList<VdmResult>();
            dml.next(Plan.succeed().during(() -> inner.addAll(nested(depth - 1))));
            outer.poll();
            results.add(outer.result());
            results.addAll(inner);
            if (outer.result() == VdmResult.OUT_OF_MEMORY) {
                dml.releaseAll(); // the plan that was not used
            }
        }
        return results;
    }

    @Test
    void aDrainWaitsForAKeptJobOnlyWhileItIsUsed() {
        VdmOperation operation = keeping();
        assertEquals(VdmResult.SUCCESS, finish(mover.drain()).result());
        var drain = mover.drain();
        dml.next(Plan.succeed().during(() -> assertEquals(FutureState.RUNNING, drain.poll())));
        run(operation.again());
        assertEquals(FutureState.COMPLETE, drain.poll());
    }

    @Test
    void anOperationGoesThroughTheSameJobEachTime() {
        VdmOperation operation = keeping();
        long job = dml.lastSubmission().job();
        assertEquals(VdmResult.SUCCESS, finish(mover.memset(zeros(64), (byte) 2)).result());
        assertNotEquals(job, dml.lastSubmission().job());
        run(operation.again());
        assertEquals(job, dml.lastSubmission().job());
        assertEquals(0, mover.jobsInUse());
    }

    @Test
    void aKeptJobCountsAsUsedOnlyWhileTheOperationRuns() {
        VdmOperation operation = keeping();
        var during = new AtomicInteger();
        dml.next(Plan.succeed().during(() -> during.set(mover.jobsInUse())));
        run(operation.again());
        assertEquals(1, during.get());
        assertEquals(0, mover.jobsInUse());
    }

    @Test
    void keptJobsAreForOthersWhenTheyNeedThem() {
        List<VdmOperation> operations = List.of(keeping(), keeping(), keeping());
        List<VdmResult> results = nested(5);
        assertEquals(List.of(VdmResult.SUCCESS, VdmResult.SUCCESS, VdmResult.SUCCESS, VdmResult.SUCCESS,
                VdmResult.OUT_OF_MEMORY), results);
        operations.forEach(operation -> run(operation.again()));
        assertEquals(4, nested(4).stream().filter(VdmResult.SUCCESS::equals).count());
        assertEquals(0, mover.jobsInUse());
    }

    @Test
    void aJobIsNotTakenFromAnOperationThatIsUsingIt() {
        VdmOperation operation = keeping();
        var others = new ArrayList<VdmResult>();
        dml.next(Plan.succeed().during(() -> others.addAll(nested(4))));
        run(operation.again());
        assertEquals(List.of(VdmResult.SUCCESS, VdmResult.SUCCESS, VdmResult.SUCCESS, VdmResult.OUT_OF_MEMORY), others);
        assertEquals(4, nested(4).stream().filter(VdmResult.SUCCESS::equals).count(), "given up, as it was wanted");
        run(operation.again());
    }

    @Test
    void onlyHalfOfTheJobsAreKept() {
        List<VdmOperation> operations = List.of(keeping(), keeping(), keeping());
        dml.forget();
        operations.forEach(operation -> run(operation.again()));
        List<Long> first = dml.submissions().stream().map(Submission::job).toList();
        assertEquals(3, first.stream().distinct().count());
        VdmOperation fourth = keeping();
        assertEquals(first.get(2), dml.lastSubmission().job(), "the third gave it back");
        run(fourth.again());
    }

    @Test
    void closingTakesBackWhatIsKept() {
        VdmOperation prepared = keeping().again();
        VdmOperation complete = keeping();
        mover.close();
        assertEquals(0, dml.liveJobs());
        assertEquals(FutureState.COMPLETE, prepared.start().state());
        assertEquals(VdmResult.CLOSED, prepared.result());
        assertThrows(IllegalStateException.class, complete::again);
    }

    @Test
    void closingWaitsForAnOperationThatIsUsingItsJob() throws InterruptedException {
        VdmOperation operation = keeping();
        var closer = new AtomicReference<Thread>();
        var liveWhileClosing = new AtomicInteger();
        dml.next(Plan.succeed().during(() -> {
            closer.set(Thread.ofPlatform().start(mover::close));
            while (!mover.isClosed() || dml.liveJobs() == 4 && closer.get().getState() == Thread.State.NEW) {
                Thread.onSpinWait();
            }
            liveWhileClosing.set(dml.liveJobs());
        }));
        run(operation.again());
        closer.get().join();
        assertEquals(4, liveWhileClosing.get(), "memory is freed only once every job is back");
        assertEquals(0, dml.liveJobs());
    }

    @Test
    void aKeptJobThatIsRefusedOrFailsIsGivenBackAndUsedAgain() {
        VdmOperation operation = keeping();
        dml.next(Plan.refuse(dml_h.DML_STATUS_INTERNAL_ERROR()));
        assertEquals(VdmResult.DEVICE_ERROR, operation.again().start().result());
        assertEquals(0, mover.jobsInUse());
        run(operation.again());
        dml.next(Plan.fail(dml_h.DML_STATUS_INTERNAL_ERROR()));
        assertEquals(VdmResult.DEVICE_ERROR, operation.again().start().result());
        run(operation.again());
        assertEquals(0, mover.jobsInUse());
        assertFalse(nested(4).contains(VdmResult.OUT_OF_MEMORY));
    }

    @Test
    void aKeptJobOutlivesASegmentThatWasClosed() {
        VdmOperation operation = keeping();
        try (var closed = Arena.ofConfined()) {
            operation.memset(dml.allow(closed.allocate(64)), (byte) 3, VdmFlags.NONE);
        }
        assertEquals(VdmResult.SEGMENT_UNUSABLE, operation.start().result());
        assertEquals(0, mover.jobsInUse());
        run(operation.memset(zeros(64), (byte) 3, VdmFlags.NONE));
    }

    @Test
    void nobodyWaitsForAJobThatIsMerelyKept() {
        keeping();
        var drain = mover.drain();
        for (int i = 0; i < 10 && drain.poll() != FutureState.COMPLETE; i++) {
            Thread.onSpinWait();
        }
        assertEquals(FutureState.COMPLETE, drain.state());
        assertEquals(VdmResult.SUCCESS, drain.result());
    }

    @Test
    void aDrainWaitsForAnOperationThatIsUsingItsKeptJobButNotForTheNext() {
        VdmOperation operation = keeping();
        var drain = mover.drain();
        var during = new ArrayList<FutureState>();
        dml.next(Plan.succeed().during(() -> during.add(drain.poll())),
                Plan.succeed().during(() -> during.add(drain.poll())));
        run(operation.again());
        run(operation.again());
        assertEquals(List.of(FutureState.RUNNING, FutureState.COMPLETE), during);
    }

    @Test
    void aDroppedOperationIsCollectedAndSoAreItsSegments() {
        WeakReference<VdmOperation> dropped = new WeakReference<>(keeping());
        while (dropped.get() != null) { // @Timeout ends this if something holds it
            System.gc();
        }
        assertNull(dropped.get());
        assertFalse(nested(4).contains(VdmResult.OUT_OF_MEMORY));
    }

    @Test
    void noJobIsEverUsedByTwo() throws InterruptedException {
        int rounds = 3_000;
        var outOfJobs = new AtomicInteger();
        var failures = new ArrayList<Throwable>();
        var start = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 6; t++) {
            boolean reuses = t % 2 == 0;
            byte value = (byte) (t + 1);
            MemorySegment mine = zeros(64);
            threads.add(
                    Thread.ofPlatform().start(() -> {
                        try {
                            start.await();
                            VdmOperation operation = mover.newOperation();
                            for (int i = 0; i < rounds; i++) {
                                mine.fill((byte) 0);
                                VdmResult result = reuses
                                        ? operation.memset(mine, value, VdmFlags.NONE).start().result()
                                        : finish(mover.memset(mine, value)).result();
                                if (result == VdmResult.OUT_OF_MEMORY) {
                                    outOfJobs.incrementAndGet();
                                } else {
                                    byte[] expected = new byte[64];
                                    Arrays.fill(expected, value);
                                    assertEquals(VdmResult.SUCCESS, result);
                                    assertArrayEquals(expected, bytes(mine));
                                }
                            }
                        } catch (Throwable e) {
                            synchronized (failures) {
                                failures.add(e);
                            }
                        }
                    }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertTrue(outOfJobs.get() < 6 * rounds, "some had jobs");
        assertEquals(0, mover.jobsInUse());
        assertFalse(nested(4).contains(VdmResult.OUT_OF_MEMORY));
    }
}
