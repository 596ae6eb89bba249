package io.github.vdm4j.future;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Futures that several threads poll and cancel at once (H13). */
public class PollStress {
    private PollStress() {}

    /** A future that ends at its second advance. It counts without protection. */
    private static final class TwoSteps extends AbstractFuture<Integer> {
        private int steps;
        private Throwable failure;

        @Override
        protected FutureState advance(Notifier notifier) {
            notifier.useNone();
            steps++;
            return steps == 2 ? FutureState.COMPLETE : FutureState.RUNNING;
        }

        @Override
        protected void completeWith(Throwable thrown) {
            failure = thrown;
        }

        @Override
        public Integer output() {
            requireComplete();
            return steps;
        }

        @Override
        public Throwable failure() {
            requireComplete();
            return failure;
        }
    }

    /**
     * Two threads poll to completion. A thread that sees COMPLETE sees all writes. The threads
     * advance the future twice.
     */
    @JCStressTest
    @Outcome(id = "2, 2, 2", expect = Expect.ACCEPTABLE,
            desc = "advanced by one at a time, seen by both")
    @Outcome(expect = Expect.FORBIDDEN, desc = "advanced at once, or seen complete too early")
    @State
    public static class Polled {
        private final TwoSteps future = new TwoSteps();

        @Actor
        public void one(III_Result result) {
            future.busyPoll();
            result.r1 = future.output();
        }

        @Actor
        public void another(III_Result result) {
            future.busyPoll();
            result.r2 = future.output();
        }

        @Arbiter
        public void steps(III_Result result) {
            result.r3 = future.output();
        }
    }

    /** A poll races with a cancellation. Exactly one of the two calls succeeds. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "cancelled, never advanced")
    @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "started, not cancelled")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both, or neither")
    @State
    public static class Cancelled {
        private final TwoSteps future = new TwoSteps();

        @Actor
        public void cancel(III_Result result) {
            result.r1 = future.cancel() ? 1 : 0;
        }

        @Actor
        public void poll() {
            future.poll();
        }

        @Arbiter
        public void outcome(III_Result result) {
            result.r2 = future.steps;
            result.r3 = future.isComplete() && future.failure() != null ? 1 : 0;
        }
    }
}
