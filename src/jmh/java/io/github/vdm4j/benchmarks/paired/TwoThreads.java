package io.github.vdm4j.benchmarks.paired;

import java.util.concurrent.locks.LockSupport;

/**
 * The same work on two threads at once. Its time is that of the slower thread, from the moment when
 * both run. The share of twice the throughput is one thread's time divided by this time.
 */
final class TwoThreads implements Contestant {
    private static final int CALLS = 50_000;

    private final Contestant mine;
    private final Thread helper;
    private volatile long ordered;
    private volatile boolean ready;
    private volatile boolean go;
    private volatile long endOfHelper;
    private volatile Throwable failure;

    TwoThreads(Contestant mine, Contestant other) throws Throwable {
        this.mine = mine;
        warmUp(mine);
        warmUp(other);
        helper = Thread.ofPlatform().daemon().start(() -> help(other));
    }

    /**
     * Calls the method until the JIT compiles it separately. A method that was only inlined
     * elsewhere can stay interpreted during the contest.
     */
    private static void warmUp(Contestant contestant) throws Throwable {
        for (int i = 0; i < CALLS; i++) {
            contestant.run(1);
        }
    }

    private void help(Contestant other) {
        while (true) {
            while (ordered == 0) {
                LockSupport.park(this);
            }
            ready = true;
            while (!go) {
                Thread.onSpinWait();
            }
            try {
                other.run(ordered);
            } catch (Throwable e) {
                failure = e;
            }
            ordered = 0;
            endOfHelper = System.nanoTime();
        }
    }

    @Override
    public void run(long times) throws Throwable {
        time(times);
    }

    @Override
    public long time(long times) throws Throwable {
        endOfHelper = 0;
        ready = false;
        go = false;
        ordered = times;
        LockSupport.unpark(helper);
        while (!ready) {
            Thread.onSpinWait();
        }
        long start = System.nanoTime();
        go = true;
        mine.run(times);
        long end = System.nanoTime();
        while (endOfHelper == 0) {
            Thread.onSpinWait();
        }
        if (failure != null) {
            throw failure;
        }
        return Math.max(end, endOfHelper) - start;
    }
}
