package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;

/**
 * A worker of {@link Workers}. It takes operations from their list. While the list is empty, it
 * searches and then sleeps. The thread survives a throwable of the work.
 */
final class Worker extends Share implements Runnable {
    private final int number;
    volatile Thread thread;
    private volatile boolean asleep;
    /** Whether this worker counts as searching. Only its own thread uses this. */
    private boolean search;
    /** A field, because a new object for each batch would be an allocation. */
    private final Runnable rest = this::executeRest;

    Worker(Workers pool, int number) {
        super(pool);
        this.number = number;
    }

    void start() {
        Thread fresh = new LibraryThread(pool.name + "-" + number, this);
        thread = fresh;
        pool.searching.incrementAndGet();
        search = true;
        try {
            fresh.start();
        } catch (Throwable e) {
            thread = null;
            pool.searching.decrementAndGet();
            throw e;
        }
    }

    /** Runs the worker. If the work throws, it has completed its operation. */
    @Override
    public void run() {
        while (true) {
            try {
                loop();
                return;
            } catch (Throwable e) {
                LibraryThread.report(e);
                current = null;
                wake();
            }
        }
    }

    private void loop() {
        int idle = 0;
        while (true) {
            if (pool.helper.hasCallbacks()) {
                stopSearching(); // A callback may block.
                pool.helper.runCallbacks();
            }
            if (left() > 0 || take(pool.threads(), pool.isShort, false)) {
                stopSearching();
                idle = 0;
                execute();
            } else if (!search) {
                Seam.step();
                search = true;
                pool.searching.incrementAndGet();
            } else if (pool.stopping) {
                if (!pool.hasWork() && !pool.helper.isActive()) {
                    pool.searching.decrementAndGet();
                    return;
                }
                Seam.step();
                Thread.yield(); // The work of the helping thread is short.
            } else if (idle < pool.strategy.spins()) {
                idle++;
                Thread.onSpinWait();
            } else if (idle - pool.strategy.spins() < pool.strategy.yields()) {
                idle++;
                Thread.yield();
            } else {
                sleep();
                idle = 0;
            }
        }
    }

    private void execute() {
        if (left() == 1) {
            executeRest();
        } else {
            Operation.beforeCallbacks(rest);
        }
        endCurrent();
    }

    /** Ends the search. Threads that relied on this search may need another worker. */
    private void stopSearching() {
        if (!search) {
            return;
        }
        search = false;
        int others = pool.searching.decrementAndGet();
        Seam.step();
        if (others == 0 && pool.hasWork()) {
            pool.wakeOneIfNeeded();
        }
    }

    private synchronized void fallAsleep() {
        asleep = true;
        pool.sleeping.incrementAndGet();
        if (search) {
            pool.searching.decrementAndGet();
        }
    }

    private void sleep() {
        fallAsleep();
        Seam.step();
        if (pool.hasWork() || pool.stopping) {
            wake();
        }
        while (asleep) {
            Seam.park(pool);
            // Clears an interrupt, because it would prevent park from sleeping.
            Thread.interrupted();
        }
    }

    /** Wakes the worker. Returns {@code true} if this call has woken the worker. */
    boolean wake() {
        synchronized (this) {
            if (!asleep) {
                return false;
            }
            pool.searching.incrementAndGet();
            pool.sleeping.decrementAndGet();
            asleep = false;
        }
        Seam.unpark(thread);
        return true;
    }
}
