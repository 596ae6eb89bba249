package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Is prepared again and again; what it would do does not matter. */
    private static final class Prepared extends AbstractFuture<Void> {
        private int preparing;

        Prepared(boolean complete) {
            if (complete) {
                poll();
            }
        }

        /** Says how many threads prepared it at that moment, or that this one was refused. */
        Object prepare() {
            try {
                withdraw();
            } catch (IllegalStateException e) {
                return "refused";
            }
            int before = preparing++;
            Thread.onSpinWait();
            int met = preparing - before;
            becomeIdle();
            return met;
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            return FutureState.COMPLETE;
        }

        @Override
        protected void completeWith(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public Void output() {
            return null;
        }

        @Override
        public Throwable failure() {
            return null;
        }

        @Override
        public boolean hasProperty(FutureProperty property) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyOneThreadPreparesAtATime(boolean complete) throws Exception {
        var outcomes = new Race<>(20_000, () -> new Prepared(complete)).outcomes(
                Prepared::prepare, Prepared::prepare, state -> state.state());
        assertTrue(
                Set.of("1, 1, IDLE", "1, refused, IDLE", "refused, 1, IDLE")
                        .containsAll(outcomes.keySet()),
                outcomes::toString);
    }

    @Test
    void aSecondThreadIsRefusedUntilThePreparationEnds() {
        var future = new Prepared(true);
        future.withdraw();
        var refused = assertThrows(IllegalStateException.class, future::withdraw);
        assertTrue(refused.getMessage().startsWith("another thread is preparing"),
                refused::getMessage);
        assertEquals(FutureState.IDLE, future.state());
        assertEquals(FutureState.RUNNING, future.poll());
        assertFalse(future.cancel());
        assertThrows(IllegalStateException.class, future::requireComplete);
        future.reinstate();
        assertEquals(FutureState.COMPLETE, future.state());
        future.claim();
        var completion = future.toCompletableFuture();
        assertFalse(completion.isDone());
        future.reinstate();
        completion.join();
        future.withdraw();
        future.becomeIdle();
        assertEquals(FutureState.COMPLETE, future.poll());
    }
}
