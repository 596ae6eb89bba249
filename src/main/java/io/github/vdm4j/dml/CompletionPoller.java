package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.future.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that polls a mover's operations on hardware for those who offered a waker. Started
 * when the first of them comes; spins, yields, then sleeps for longer and longer while nothing
 * completes, and sleeps on while nobody waits.
 */
final class CompletionPoller {
    /** Made when the thread runs. */
    private static final class Idle {
        static final IdleStrategy STRATEGY = IdleStrategy.backOff(1_000, 100, 100_000);

        private Idle() {}
    }

    private final Queue<Watch> added = new ConcurrentLinkedQueue<>();

    /** Set while the thread may sleep. Whoever adds a watch looks at it afterwards. */
    private volatile boolean sleeping;

    private volatile boolean stopped;

    /** Guarded by this. */
    private Thread thread;

    /**
     * An operation and who wants to be woken when it has ended. Wakers are added by whoever
     * advances it.
     */
    private static final class Watch {
        final EngineFuture future;
        volatile Waker waker;

        Watch(EngineFuture future, Waker waker) {
            this.future = future;
            this.waker = waker;
        }

        /** Polls; true if there is nothing more to be watched. */
        boolean hasEnded() {
            try {
                future.finish();
            } catch (WrongThreadException e) {
                waker.wake(); // it must be polled by its own thread
                return true;
            }
            if (future.isRunning()) {
                return false;
            }
            waker.wake();
            return true;
        }
    }

    /**
     * Watches the operation that has a job, for the thread that advances it.
     *
     * @return false if the waker will not be called
     */
    boolean watch(EngineFuture future, Job job, Waker waker) {
        if (!SoftwareWorkers.canHandOver(future)) {
            return false;
        }
        if (job.watch() instanceof Watch known) {
            known.waker = waker;
        } else {
            var watch = new Watch(future, waker);
            job.watch(watch);
            added.add(watch);
            wakeUp();
        }
        return !stopped;
    }

    private void wakeUp() {
        Thread running = start();
        if (sleeping) {
            LockSupport.unpark(running);
        }
    }

    private synchronized Thread start() {
        if (thread == null && !stopped) {
            thread = Thread.ofPlatform().daemon().name("vdm4j-dml-completions").start(this::run);
        }
        return thread;
    }

    private void run() {
        List<Watch> watched = new ArrayList<>();
        for (int fruitless = 0; !stopped || !added.isEmpty(); fruitless++) {
            for (Watch next = added.poll(); next != null; next = added.poll()) {
                watched.add(next);
                fruitless = 0;
            }
            if (watched.removeIf(Watch::hasEnded)) {
                fruitless = 0;
            }
            sleeping = true;
            if (added.isEmpty() && !stopped) {
                if (watched.isEmpty()) {
                    LockSupport.park(this);
                } else {
                    Idle.STRATEGY.idle(fruitless);
                }
            }
            sleeping = false;
            Thread.interrupted(); // nobody's business here, and it would keep park from sleeping
        }
        watched.forEach(watch -> watch.waker.wake()); // the mover was closed, or gave up
    }

    /** Wakes all who wait, and ends the thread. */
    void stop() {
        synchronized (this) {
            stopped = true;
            if (thread == null) {
                return;
            }
        }
        LockSupport.unpark(thread);
    }
}
