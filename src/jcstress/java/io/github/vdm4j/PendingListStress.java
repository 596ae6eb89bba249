package io.github.vdm4j;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The list of operations that wait for capacity. Each operation has one owner. */
public class PendingListStress {
    private PendingListStress() {}

    /** Two workers and two operations. */
    @JCStressTest
    @Outcome(id = {"1, 2", "2, 1"}, expect = Expect.ACCEPTABLE, desc = "each took one of them")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost or taken twice")
    @State
    public static class Takers {
        private final PendingList list = new PendingList();
        private final Operation<?> first = new Operation<>(null);

        public Takers() {
            list.add(first, Integer.MAX_VALUE);
            list.add(new Operation<>(null), Integer.MAX_VALUE);
        }

        private int take() {
            Operation<?> taken = list.take();
            return taken == null ? 0 : taken == first ? 1 : 2;
        }

        @Actor
        public void one(II_Result result) {
            result.r1 = take();
        }

        @Actor
        public void another(II_Result result) {
            result.r2 = take();
        }
    }

    /** A worker and a helping thread take short operations together. */
    @JCStressTest
    @Outcome(id = {"3, 0", "0, 3", "1, 2", "2, 1"}, expect = Expect.ACCEPTABLE,
            desc = "each operation was taken once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost or taken twice")
    @State
    public static class Helped {
        private final PendingList list = new PendingList();
        private final Operation<?> first = new Operation<>(null);

        public Helped() {
            list.add(first, Integer.MAX_VALUE);
            list.add(new Operation<>(null), Integer.MAX_VALUE);
        }

        private int take(boolean helps) {
            var taken = new Operation<?>[2];
            int sum = 0;
            for (int count = list.take(taken, 1, operation -> true, helps); count > 0;
                    count--) {
                sum += taken[count - 1] == first ? 1 : 2;
            }
            return sum;
        }

        @Actor
        public void worker(II_Result result) {
            result.r1 = take(false);
        }

        @Actor
        public void helper(II_Result result) {
            result.r2 = take(true);
        }
    }

    /** A worker takes an operation that a second thread cancels. */
    @JCStressTest
    @Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = Expect.ACCEPTABLE, desc = "one thread has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both have it, or neither")
    @State
    public static class TakenOrCancelled {
        private final PendingList list = new PendingList();
        private final Operation<?> operation = new Operation<>(null);

        public TakenOrCancelled() {
            list.add(operation, Integer.MAX_VALUE);
        }

        @Actor
        public void worker(III_Result result) {
            result.r1 = list.take() == null ? 0 : 1;
        }

        @Actor
        public void cancel(III_Result result) {
            result.r2 = list.remove(operation) ? 1 : 0;
        }

        @Arbiter
        public void left(III_Result result) {
            result.r3 = list.size();
        }
    }

    /** An operation joins a full list of one place while a worker takes the waiting operation. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the list was still full")
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "the place was free already")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost or doubled")
    @State
    public static class FullList {
        private final PendingList list = new PendingList();

        public FullList() {
            list.add(new Operation<>(null), 1);
        }

        @Actor
        public void worker(III_Result result) {
            result.r1 = list.take() == null ? 0 : 1;
        }

        @Actor
        public void join(III_Result result) {
            result.r2 = list.add(new Operation<>(null), 1) ? 1 : 0;
        }

        @Arbiter
        public void left(III_Result result) {
            result.r3 = list.size();
        }
    }

    /** A thread adds an operation while a worker takes the last operation and falls asleep. */
    @JCStressTest
    @Outcome(id = {"0, 1", "1, 0", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "a thread notices")
    @Outcome(expect = Expect.FORBIDDEN, desc = "no thread notices the operation")
    @State
    public static class AddedWhileFallingAsleep {
        private final PendingList list = new PendingList();
        private volatile boolean asleep;

        public AddedWhileFallingAsleep() {
            list.add(new Operation<>(null), Integer.MAX_VALUE);
        }

        @Actor
        public void adder(II_Result result) {
            list.add(new Operation<>(null), Integer.MAX_VALUE);
            result.r1 = asleep ? 1 : 0;
        }

        @Actor
        public void worker(II_Result result) {
            list.take();
            asleep = true;
            result.r2 = list.isEmpty() ? 0 : 1;
        }
    }
}
