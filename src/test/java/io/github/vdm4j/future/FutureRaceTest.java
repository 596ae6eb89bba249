package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One future and two threads at the same moment. */
@Timeout(120)
class FutureRaceTest {
    private static final int ROUNDS = 100_000;

    /** Complete after two steps; notes if two threads are in it. */
    private static final class TwoSteps {
        final AtomicInteger inside = new AtomicInteger();
        volatile boolean met;
        int steps;

        final PollableFuture<Integer> future = ((PollTask<Integer>) (notifier, sink) -> {
            met |= inside.incrementAndGet() > 1;
            steps++;
            sink.output(steps);
            inside.decrementAndGet();
            return steps == 2 ? FutureState.COMPLETE : FutureState.RUNNING;
        }).toFuture();
    }

    @Test
    void twoPollersAreNeverInItTogetherAndNoStepIsLostOrMadeTwice() throws Exception {
        var outcomes = new Race<>(ROUNDS, TwoSteps::new).outcomes(
                state -> {
                    state.future.busyPoll();
                    return state.future.output();
                },
                state -> {
                    state.future.busyPoll();
                    return state.future.output();
                },
                state -> state.met + " " + state.steps);
        assertEquals(Set.of("2, 2, false 2"), outcomes.keySet(), outcomes::toString);
    }

    @Test
    void itIsEitherCancelledAndNeverStartedOrRunsToItsEnd() throws Exception {
        var outcomes = new Race<>(ROUNDS, TwoSteps::new).outcomes(
                state -> state.future.cancel(),
                state -> {
                    state.future.busyPoll();
                    return state.future.failure() == null;
                },
                state -> state.steps);
        assertEquals(Set.of("true, false, 0", "false, true, 2"), outcomes.keySet(),
                outcomes::toString);
    }

    @Test
    void aWakeUpThatComesAsTheWaiterFallsAsleepIsNotLost() throws Exception {
        var outcomes = new Race<>(20_000, SignalledFuture::new).outcomes(
                future -> new FutureRuntime().await(future),
                future -> {
                    future.signal();
                    return "signalled";
                },
                future -> future.isComplete());
        assertEquals(Set.of("signalled, signalled, true"), outcomes.keySet(), outcomes::toString);
    }
}
