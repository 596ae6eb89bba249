package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.future.FutureState;
import org.junit.jupiter.api.Test;

/** The list of the running drains of a mover. */
class RunningDrainsTest {
    private static final int DRAINS = 1_000;

    private final RunningDrains drains = new RunningDrains();
    private boolean over;
    private int polls;

    private final ExecutorMover mover = new ExecutorMover(new VdmExecutor() {
        @Override
        public FutureState start(Operation<?> operation) {
            drains.add(operation);
            return FutureState.RUNNING;
        }

        @Override
        public FutureState resume(Operation<?> operation) {
            polls++;
            return over ? operation.succeed(ExecutionPath.JVM) : FutureState.RUNNING;
        }

        @Override
        public void close(long deadline) {
            drains.poll();
        }
    });

    private void dropDrains() {
        for (int i = 0; i < DRAINS; i++) {
            assertEquals(FutureState.RUNNING, mover.drain().poll());
        }
    }

    /** The work for each drain must not grow with the number of running drains. */
    @Test
    void drainPollsFewEarlierDrains() {
        dropDrains();
        assertTrue(polls <= DRAINS, () -> polls + " polls of " + DRAINS + " drains");
        over = true;
        mover.close();
        assertEquals(0, mover.counters().inFlight());
    }

    @Test
    void drainRemovesEndedDrains() {
        dropDrains();
        over = true;
        assertEquals(FutureState.RUNNING, mover.drain().poll());
        assertEquals(1, mover.counters().inFlight());
        mover.close();
        assertEquals(0, mover.counters().inFlight());
    }
}
