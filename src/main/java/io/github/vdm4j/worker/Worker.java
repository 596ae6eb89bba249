package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/**
 * A worker of {@link Workers}. It takes operations from their list. While the list is empty, it
 * searches and then sleeps. The thread survives a throwable of the work.
 */
final class Worker implements Runnable, LongConsumer {
    /**
     * The most operations in a batch. Neighbours in the list often use neighbouring memory. If two
     * processors alternate between neighbours, they wait for each other's cache lines
     * (docs/adr/0030).
     */
    private static final int MOST = 64;

    private static final VarHandle CURRENT;
    private static final VarHandle POSITION;

    static {
        try {
            var lookup = MethodHandles.lookup();
            CURRENT = lookup.findVarHandle(Worker.class, "current", Operation.class);
            POSITION = lookup.findVarHandle(Worker.class, "position", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Workers pool;
    private final int number;
    volatile Thread thread;
    private volatile boolean asleep;
    /** Whether this worker counts as searching. Only its own thread uses this. */
    private boolean search;
    // Only its own thread uses the batch. After a throwable of the work, the worker continues it.
    /** The operations that this worker has taken and not begun, from {@link #done} on. */
    private final Operation<?>[] batch = new Operation<?>[MOST];
    private int count;
    private int done;
    /** A field, because a new object for each batch would be an allocation. */
    private final Runnable rest = this::executeRest;
    // The writes have release semantics, because a fence for each operation is expensive.
    /** The operation that this worker executes. */
    volatile Operation<?> current;
    /** A mark. The worker executes no operation that was added before the mark. */
    volatile long position;

    Worker(Workers pool, int number) {
        this.pool = pool;
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
            if (done < count || take()) {
                if (search) {
                    search = false;
                    idle = 0;
                    stopSearching();
                }
                execute();
            } else if (!search) {
                Seam.step();
                search = true;
                pool.searching.incrementAndGet();
            } else if (pool.stopping) {
                if (pool.pending.isEmpty()) {
                    pool.searching.decrementAndGet();
                    return;
                }
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

    /**
     * Takes the next operations. Spinning workers do not take the list's lock while the list is
     * empty.
     */
    private boolean take() {
        if (pool.pending.isEmpty()) {
            if (position != Long.MAX_VALUE) {
                position = Long.MAX_VALUE;
            }
            return false;
        }
        done = 0;
        count = pool.pending.take(batch, pool.threads(), pool.isShort, this);
        if (count == 0) {
            position = Long.MAX_VALUE; // A drain must not wait for a worker that is about to sleep.
        }
        return count > 0;
    }

    @Override
    public void accept(long mark) {
        // This write happens under the list's lock, because isPast reads the list first.
        POSITION.setRelease(this, mark);
    }

    private void execute() {
        if (count == 1) {
            executeRest();
        } else {
            Operation.beforeCallbacks(rest);
        }
        Seam.step();
        CURRENT.setRelease(this, null);
    }

    private void executeRest() {
        while (done < count) {
            Operation<?> next = batch[done];
            batch[done++] = null;
            CURRENT.setRelease(this, next);
            Seam.step();
            pool.work.accept(next);
        }
    }

    /** Ends the search. Threads that relied on this search may need another worker. */
    private void stopSearching() {
        int others = pool.searching.decrementAndGet();
        Seam.step();
        if (others == 0 && !pool.pending.isEmpty()) {
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
        if (!pool.pending.isEmpty() || pool.stopping) {
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
