package io.github.vdm4j.worker;

import io.github.vdm4j.future.Waker;
import java.lang.invoke.MethodHandles;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The hand-over between a poller and a worker: the queue, and the cell in which wakers wait. */
public class HandOverStress {
    private HandOverStress() {}

    /** Two producers of a queue with two places. */
    @JCStressTest
    @Outcome(id = "3, 2", expect = Expect.ACCEPTABLE, desc = "both elements are in the queue")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost or doubled")
    @State
    public static class Producers {
        private final BoundedQueue<int[]> queue = new BoundedQueue<>(2);

        @Actor
        public void produce() {
            queue.offer(new int[]{1});
        }

        @Actor
        public void produceAnother() {
            queue.offer(new int[]{2});
        }

        @Arbiter
        public void count(II_Result result) {
            for (int[] taken = queue.poll(); taken != null; taken = queue.poll()) {
                result.r1 += taken[0];
                result.r2++;
            }
        }
    }

    /** Two consumers of a queue with two elements. */
    @JCStressTest
    @Outcome(id = {"1, 2", "2, 1"}, expect = Expect.ACCEPTABLE, desc = "each took one of them")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost or doubled")
    @State
    public static class Consumers {
        private final BoundedQueue<int[]> queue = new BoundedQueue<>(2);

        public Consumers() {
            queue.offer(new int[]{1});
            queue.offer(new int[]{2});
        }

        @Actor
        public void consume(II_Result result) {
            int[] taken = queue.poll();
            result.r1 = taken == null ? 0 : taken[0];
        }

        @Actor
        public void consumeToo(II_Result result) {
            int[] taken = queue.poll();
            result.r2 = taken == null ? 0 : taken[0];
        }
    }

    /** A producer and a consumer meet in a queue of one place that is full at first. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the queue was still full")
    @Outcome(id = "1, 1, 2", expect = Expect.ACCEPTABLE, desc = "the place was free already")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, doubled, or not whole")
    @State
    public static class Both {
        private final BoundedQueue<int[]> queue = new BoundedQueue<>(1);

        public Both() {
            queue.offer(new int[]{1});
        }

        @Actor
        public void consume(III_Result result) {
            int[] taken = queue.poll();
            result.r1 = taken == null ? 0 : taken[0];
        }

        @Actor
        public void produce(III_Result result) {
            result.r2 = queue.offer(new int[]{2}) ? 1 : 0;
        }

        @Arbiter
        public void left(III_Result result) {
            int[] taken = queue.poll();
            result.r3 = taken == null ? 0 : taken[0];
        }
    }

    /** A waker is offered while the worker ends: it is called, or its poller sees the end. */
    @JCStressTest
    @Outcome(id = {"0, 1", "1, 0"}, expect = Expect.ACCEPTABLE, desc = "called, or seen to be done")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "a lost wake-up")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both")
    @State
    public static class LateWaker extends Cell {
        public LateWaker() {
            MEETING.begin(this, null);
        }

        @Actor
        public void poller(II_Result result) {
            result.r2 = MEETING.addWaker(this, this::wake) ? 0 : 1;
        }

        @Actor
        public void worker() {
            MEETING.end(this);
        }

        @Arbiter
        public void woken(II_Result result) {
            result.r1 = woken;
        }
    }

    /** The same with a waker that is there already: the first is never lost. */
    @JCStressTest
    @Outcome(id = {"10, 1", "11, 0"}, expect = Expect.ACCEPTABLE,
            desc = "the first called, and the second called or told")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a lost wake-up")
    @State
    public static class AnotherWaker extends Cell {
        public AnotherWaker() {
            Waker first = () -> woken += 10;
            MEETING.begin(this, first);
        }

        @Actor
        public void poller(II_Result result) {
            result.r2 = MEETING.addWaker(this, this::wake) ? 0 : 1;
        }

        @Actor
        public void worker() {
            MEETING.end(this);
        }

        @Arbiter
        public void woken(II_Result result) {
            result.r1 = woken;
        }
    }

    /** What the worker wrote before the end is seen by who sees the end. */
    @JCStressTest
    @Outcome(id = {"-1", "42"}, expect = Expect.ACCEPTABLE, desc = "not done yet, or the result")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the end without the result")
    @State
    public static class Publication extends Cell {
        private int result;

        public Publication() {
            MEETING.begin(this, null);
        }

        @Actor
        public void worker() {
            result = 42;
            MEETING.end(this);
        }

        @Actor
        public void poller(I_Result seen) {
            seen.r1 = MEETING.isDone(this) ? result : -1;
        }
    }

    /** What the protocol needs of an operation. */
    static class Cell {
        static final Rendezvous MEETING = Rendezvous.of(MethodHandles.lookup(), Cell.class);

        volatile Object cell;
        int woken;

        void wake() {
            woken++;
        }
    }
}
