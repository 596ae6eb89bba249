package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drains of a user's own mover. The test ends the operations that its executor has accepted. */
@Timeout(60)
class DrainTest {
    private final Queue<Operation<?>> accepted = new ArrayDeque<>();
    private final List<VdmOperationType> started = new ArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private boolean detaches = true;
    private final Vdm mover = new ExecutorMover(new VdmExecutor() {
        @Override
        public FutureState start(Operation<?> operation) {
            started.add(operation.type());
            if (operation.type() == VdmOperationType.DRAIN) {
                return refusals.getAndDecrement() > 0 ? FutureState.IDLE
                        : operation.succeed(ExecutionPath.JVM);
            }
            accepted.add(operation);
            if (!detaches) {
                return FutureState.RUNNING;
            }
            operation.handOver();
            return null;
        }

        @Override
        public FutureState resume(Operation<?> operation) {
            return accepted.contains(operation) ? FutureState.RUNNING
                    : operation.succeed(ExecutionPath.JVM);
        }

        @Override
        public boolean watch(Operation<?> operation) {
            return true;
        }

        @Override
        public Duration closeTimeout() {
            return Duration.ZERO;
        }
    });

    private VdmFuture<?> begin() {
        VdmFuture<?> fill = mover.memset(MemorySegment.ofArray(new byte[8]), (byte) 1);
        assertSame(FutureState.RUNNING, fill.poll());
        return fill;
    }

    private VdmFuture<?> beginDrain() {
        VdmFuture<?> drain = mover.drain();
        assertSame(FutureState.RUNNING, drain.poll());
        return drain;
    }

    private void end(VdmFuture<?> future) {
        accepted.remove(future);
        if (detaches) {
            Operation<?> operation = (Operation<?>) future;
            operation.succeed(ExecutionPath.JVM);
            operation.complete();
        }
        assertSame(FutureState.COMPLETE, future.poll());
    }

    private static void assertEnds(VdmFuture<?> drain) {
        assertSame(FutureState.COMPLETE, drain.poll());
        drain.orThrow();
    }

    @Test
    void drainOfAnIdleMoverEndsInItsFirstPoll() {
        for (int i = 0; i < 3; i++) {
            assertEnds(mover.drain());
        }
        assertEquals(3, mover.counters().completed());
    }

    @Test
    void drainWaitsForEarlierOperationsOnly() {
        for (int i = 0; i < 3; i++) {
            detaches = i != 1;
            VdmFuture<?> first = begin();
            VdmFuture<?> second = begin();
            VdmFuture<?> drain = beginDrain();
            VdmFuture<?> later = begin();
            end(second);
            assertSame(FutureState.RUNNING, drain.poll());
            end(first);
            assertEnds(drain);
            end(later);
        }
        assertEquals(0, mover.counters().inFlight());
    }

    @Test
    void eachOfSeveralDrainsWaitsForItsOperations() {
        VdmFuture<?> first = begin();
        VdmFuture<?> one = beginDrain();
        VdmFuture<?> second = begin();
        VdmFuture<?> two = beginDrain();
        VdmFuture<?> third = begin();
        VdmFuture<?> three = beginDrain();
        end(third);
        end(first);
        assertEnds(one);
        assertSame(FutureState.RUNNING, three.poll());
        assertSame(FutureState.RUNNING, two.poll());
        end(second);
        assertEnds(three);
        assertEnds(two);
    }

    @Test
    void laterOperationsDoNotDelayADrainForEver() {
        VdmFuture<?> first = begin();
        VdmFuture<?> one = beginDrain();
        VdmFuture<?> two = beginDrain();
        VdmFuture<?> current = begin();
        end(first);
        int rounds = 0;
        for (; one.poll() != FutureState.COMPLETE | two.poll() != FutureState.COMPLETE; rounds++) {
            VdmFuture<?> next = begin();
            end(current);
            current = next;
        }
        assertEquals(1, rounds);
    }

    @Test
    void cancelledAndFailedOperationsHaveEnded() {
        VdmFuture<?> failing = begin();
        VdmFuture<?> drain = beginDrain();
        ((Operation<?>) failing).completeBroken(new IllegalStateException("injected"));
        assertEnds(drain);
        VdmFuture<?> idle = mover.memset(MemorySegment.ofArray(new byte[8]), (byte) 1);
        idle.cancel();
        assertEnds(mover.drain());
    }

    @Test
    void reusedOperationCountsEachTime() {
        VdmOperation operation = mover.newOperation();
        for (int i = 0; i < 4; i++) {
            operation.memset(MemorySegment.ofArray(new byte[8]), (byte) 1, VdmFlags.NONE).poll();
            VdmFuture<?> drain = beginDrain();
            Operation<?> running = accepted.remove();
            running.succeed(ExecutionPath.JVM);
            running.complete();
            assertEnds(drain);
            assertSame(FutureState.COMPLETE, operation.drain().poll());
        }
    }

    /** Nothing polls a drain for its waiters, because the executor does not know it yet. */
    @Test
    void waitingDrainPromisesNoNotification() {
        VdmFuture<?> fill = begin();
        VdmFuture<?> drain = beginDrain();
        Notifier notifier = Notifier.of(() -> {});
        assertSame(FutureState.RUNNING, drain.poll(notifier));
        assertSame(io.github.vdm4j.future.NotifierType.NONE, notifier.used());
        end(fill);
        assertEnds(drain);
    }

    @Test
    void executorStartsADrainAfterTheEarlierOperations() {
        refusals.set(2);
        VdmFuture<?> fill = begin();
        VdmFuture<?> drain = beginDrain();
        assertEquals(List.of(VdmOperationType.MEMSET), started);
        end(fill);
        assertSame(FutureState.RUNNING, drain.poll());
        assertSame(FutureState.RUNNING, drain.poll());
        assertEnds(drain);
        assertEquals(4, started.size());
    }

    @Test
    void begunDrainSucceedsAfterTheClose() {
        VdmFuture<?> fill = begin();
        VdmFuture<?> drain = beginDrain();
        VdmFuture<?> late = mover.drain();
        mover.close();
        assertSame(FutureState.RUNNING, drain.poll());
        end(fill);
        assertEnds(drain);
        assertSame(FutureState.COMPLETE, late.poll());
        assertSame(VdmResult.CLOSED, late.result());
        assertEquals(List.of(VdmOperationType.MEMSET), started);
    }
}
