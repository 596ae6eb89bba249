package io.github.vdm4j.future;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Waiters that register while a future completes and is prepared again. */
public class RegistrationStress {
    private RegistrationStress() {}

    /** A future that starts in its first poll. Its driver completes it. */
    private static final class Driven extends AbstractFuture<Void> {
        Driven() {
            poll();
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            detach();
            return null;
        }

        void end() {
            completeDetached();
        }

        void prepareAgain() {
            withdraw();
            becomeIdle();
        }

        @Override
        protected void completeWith(Throwable thrown) {}

        @Override
        public Void output() {
            return null;
        }

        @Override
        public Throwable failure() {
            return null;
        }
    }

    /**
     * A caller offers a waker while the driver completes the future. The poll returns COMPLETE, or
     * the future calls the waker. If the poll promises no wake-up, the caller polls again.
     */
    @JCStressTest
    @Outcome(id = {"1, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "woken, or not left waiting")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a lost notification")
    @State
    public static class LateWaker {
        private final Driven future = new Driven();
        private volatile int woken;

        @Actor
        public void poller(II_Result result) {
            Notifier notifier = Notifier.of(() -> woken = 1);
            FutureState seen = future.poll(notifier);
            result.r2 = seen == FutureState.COMPLETE || notifier.used() != NotifierType.WAKER
                    ? 1
                    : 0;
        }

        @Actor
        public void driver() {
            future.end();
        }

        @Arbiter
        public void woken(II_Result result) {
            result.r1 = woken;
        }
    }

    /**
     * A caller offers a waker while another thread polls the future to its end, without a fence
     * after the end.
     */
    @JCStressTest
    @Outcome(id = {"1, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE,
            desc = "woken, or not left waiting")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a lost notification")
    @State
    public static class WakerOfPolled {
        private final PollTask<Void> task = this::advance;
        private final PollableFuture<Void> future = task.toFuture();
        private volatile boolean ended;
        private volatile int woken;

        private FutureState advance(Notifier notifier, PollTask.Sink<Void> sink) {
            notifier.useWaker();
            return ended ? FutureState.COMPLETE : FutureState.RUNNING;
        }

        @Actor
        public void poller(II_Result result) {
            Notifier notifier = Notifier.of(() -> woken = 1);
            FutureState seen = future.poll(notifier);
            result.r2 = seen == FutureState.COMPLETE || notifier.used() != NotifierType.WAKER
                    ? 1
                    : 0;
        }

        @Actor
        public void driver() {
            ended = true;
            while (future.poll() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
        }

        @Arbiter
        public void woken(II_Result result) {
            result.r1 = woken;
        }
    }

    /** A waiter registers for the new generation before the future notifies the earlier waiters. */
    @JCStressTest
    @Outcome(id = "1, [01], [01]", expect = Expect.ACCEPTABLE, desc = "the earlier one is notified")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a lost notification")
    @State
    public static class Reused {
        private final Driven future = new Driven();
        private volatile int woken;

        public Reused() {
            future.poll(Notifier.of(() -> woken = 1));
        }

        @Actor
        public void driver() {
            future.end();
        }

        @Actor
        public void owner(III_Result result) {
            try {
                future.prepareAgain();
                result.r2 = 1;
            } catch (IllegalStateException e) {
                result.r2 = 0; // still running
            }
        }

        @Actor
        public void another(III_Result result) {
            result.r3 = future.poll(Notifier.of(() -> {})) == FutureState.COMPLETE ? 1 : 0;
        }

        @Arbiter
        public void woken(III_Result result) {
            result.r1 = woken;
        }
    }
}
