package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Races of two threads on one future. */
@Timeout(120)
class FutureRaceTest {
    private static final int ROUNDS = 100_000;

    /** A future that is complete after two steps. It detects two threads in a step. */
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
    void pollersExecuteEachStepOnce() throws Exception {
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
    void futureIsCancelledOrRunsToCompletion() throws Exception {
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
    void wakeUpDuringTheFallAsleepIsNotLost() throws Exception {
        var outcomes = new Race<>(20_000, SignalledFuture::new).outcomes(
                future -> new FutureRuntime().await(future),
                future -> {
                    future.signal();
                    return "signalled";
                },
                future -> future.isComplete());
        assertEquals(Set.of("signalled, signalled, true"), outcomes.keySet(), outcomes::toString);
    }

    /** A future that threads prepare repeatedly. */
    private static final class Prepared extends AbstractFuture<Void> {
        private int preparing;

        Prepared(boolean complete) {
            if (complete) {
                poll();
            }
        }

        /**
         * Returns the number of threads that prepare the future now, or "refused".
         */
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
    void secondThreadIsRefusedDuringPreparation() {
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

    /** A future that threads prepare and start in one step. */
    private static final class Started extends AbstractFuture<Void> {
        private int descriptor;
        private int preparing;
        private int advancing;
        private boolean mixed;

        Started() {
            poll();
        }

        String prepare(int number) {
            try {
                withdraw();
            } catch (IllegalStateException e) {
                return "refused";
            }
            mixed |= preparing++ != 0 || advancing != 0;
            descriptor = number;
            Thread.onSpinWait();
            preparing--;
            startWithdrawn();
            return "started";
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            mixed |= advancing++ != 0 || preparing != 0;
            int number = descriptor;
            Thread.onSpinWait();
            mixed |= number != descriptor;
            advancing--;
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
    }

    @Test
    void startedPreparationExcludesEveryOtherThread() throws Exception {
        var preparations = new Race<>(20_000, Started::new).outcomes(
                future -> future.prepare(1), future -> future.prepare(2),
                future -> future.mixed + " " + future.state());
        assertTrue(Set.of("started, started, false COMPLETE", "started, refused, false COMPLETE",
                "refused, started, false COMPLETE").containsAll(preparations.keySet()),
                preparations::toString);
        var polls = new Race<>(20_000, Started::new).outcomes(
                future -> future.prepare(1), future -> future.poll() != FutureState.IDLE,
                future -> future.mixed + " " + future.state());
        assertEquals(Set.of("started, true, false COMPLETE"), polls.keySet(), polls::toString);
    }

    @Test
    void startedPreparationNotifiesItsWaiters() throws Exception {
        var outcomes = new Race<>(20_000, Started::new).outcomes(
                future -> future.prepare(1), future -> future.toCompletableFuture().join() == null,
                future -> future.mixed + " " + future.state());
        assertEquals(Set.of("started, true, false COMPLETE"), outcomes.keySet(),
                outcomes::toString);
    }

    /** A future that a test completes and prepares again before the future notifies its waiters. */
    private static final class Reused extends AbstractFuture<Object> {
        private final Runnable whenPublished;
        private volatile boolean finished;
        private boolean first = true;

        Reused(Runnable whenPublished) {
            this.whenPublished = whenPublished;
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            notifier.useWaker();
            return finished ? FutureState.COMPLETE : FutureState.RUNNING;
        }

        @Override
        protected void published(long note) {
            if (first) {
                first = false;
                whenPublished.run();
            }
        }

        @Override
        protected void completeWith(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public Object output() {
            return null;
        }

        @Override
        public Throwable failure() {
            return null;
        }
    }

    @Test
    void preparationLosesNoWaiter() throws InterruptedException {
        int rounds = 2_000;
        var turn = new AtomicInteger();
        var prepared = new AtomicInteger();
        var polled = new AtomicInteger();
        var current = new AtomicReference<Reused>();
        Thread preparing = Thread.ofPlatform().daemon().start(() -> {
            for (int round = 1; round <= rounds; round++) {
                while (turn.get() != round) {
                    Thread.yield();
                }
                for (int i = round % 100; i > 0; i--) {
                    Thread.onSpinWait();
                }
                current.get().withdraw();
                current.get().becomeIdle();
                prepared.set(round);
            }
        });
        Thread polling = Thread.ofPlatform().daemon().start(() -> {
            Notifier notifier = Notifier.of(() -> {});
            for (int round = 1; round <= rounds; round++) {
                while (turn.get() != round) {
                    Thread.yield();
                }
                while (prepared.get() != round) {
                    current.get().poll(notifier);
                }
                polled.set(round);
            }
        });
        for (int i = 1; i <= rounds; i++) {
            int round = i;
            var woken = new AtomicInteger();
            var future = new Reused(() -> {
                turn.set(round);
                while (polled.get() != round) {
                    Thread.yield();
                }
            });
            current.set(future);
            future.poll(Notifier.of(woken::incrementAndGet));
            future.finished = true;
            future.poll();
            assertEquals(1, woken.get(), "round " + round);
        }
        preparing.join();
        polling.join();
    }
}
