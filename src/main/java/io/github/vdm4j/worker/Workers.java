package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.LibraryThread;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Threads that execute the operations of a {@link PendingList}, first in, first out. A worker that
 * finds the list empty searches for a while, according to its {@link WorkerStrategy}, and then
 * sleeps. A thread that adds an operation wakes a worker if no worker searches. The last searcher
 * that finds an operation wakes another worker if more wait. So a burst wakes as many workers as it
 * needs, and a stream that one worker keeps up with wakes nobody.
 */
public final class Workers {
    private final String name;
    private final Consumer<Operation<?>> work;
    private final WorkerStrategy strategy;
    private final PendingList pending = new PendingList();
    private final Worker[] workers;
    private final AtomicInteger sleeping = new AtomicInteger();
    private final AtomicInteger searching = new AtomicInteger();
    private volatile boolean stopping;

    /**
     * Starts the threads.
     *
     * @param name what the threads' names begin with
     * @param threads how many
     * @param strategy what a thread does when there is nothing to do
     * @param work executes an operation and completes it
     */
    public Workers(String name, int threads, WorkerStrategy strategy,
            Consumer<Operation<?>> work) {
        this.name = name;
        this.work = work;
        this.strategy = strategy;
        workers = new Worker[threads];
        for (int i = 0; i < threads; i++) {
            workers[i] = new Worker(i + 1);
        }
        try {
            for (Worker worker : workers) {
                worker.start();
            }
        } catch (Throwable e) { // the system has no more threads: those that run must not stay
            stop(Long.MAX_VALUE);
            throw e;
        }
    }

    /**
     * Returns how many threads there are.
     *
     * @return the number
     */
    public int threads() {
        return workers.length;
    }

    /**
     * Returns how many operations wait for a worker.
     *
     * @return the number
     */
    public int pending() {
        return pending.size();
    }

    /**
     * Returns whether the workers can access a segment of an operation, which they cannot if it is
     * confined to a thread.
     *
     * @param operation the operation
     * @return true if they can access all of its segments
     */
    public static boolean canExecute(Operation<?> operation) {
        return operation.isAccessibleBy(LibraryThread.stranger());
    }

    /**
     * Returns a thread that accesses what the workers access.
     *
     * @return a thread that is not started
     */
    public static Thread anyThread() {
        return LibraryThread.stranger();
    }

    /**
     * Adds an operation to the list.
     *
     * @param operation an operation that was handed over
     * @param most how many operations may wait
     * @return true if a worker executes it; false if that many wait or the workers are stopping
     */
    public boolean offer(Operation<?> operation, int most) {
        if (!pending.add(operation, most)) {
            return false;
        }
        VarHandle.fullFence(); // the operation is seen before this thread looks for sleepers
        wakeOneIfNeeded();
        return true;
    }

    /**
     * Takes back an operation that no worker has begun with.
     *
     * @param operation the operation
     * @return true if the caller owns it now
     */
    public boolean takeBack(Operation<?> operation) {
        return pending.remove(operation);
    }

    /**
     * Takes back the first operation that no worker has begun with.
     *
     * @return the operation, which the caller owns now, or null
     */
    public Operation<?> takeBackFirst() {
        return pending.take();
    }

    /**
     * Returns whether {@link #stop} was called.
     *
     * @return true if every further operation is refused
     */
    public boolean isStopping() {
        return stopping;
    }

    private void wakeOneIfNeeded() {
        if (sleeping.get() > 0 && searching.get() == 0) {
            for (Worker worker : workers) {
                if (worker.wake()) {
                    return;
                }
            }
        }
    }

    /**
     * Marks everything that was added up to now, for {@link #isPast}.
     *
     * @return the mark
     */
    public long mark() {
        return pending.mark();
    }

    /**
     * Returns whether everything has been executed that was added before a mark. What it wrote is
     * visible then.
     *
     * @param mark from {@link #mark}
     * @return true if it has been executed
     */
    public boolean isPast(long mark) {
        if (pending.reached() < mark) {
            return false;
        }
        for (Worker worker : workers) {
            if (worker.position < mark) {
                return false;
            }
        }
        return true;
    }

    /** Refuses further operations. The workers finish those that were added, and end. */
    public void refuse() {
        stopping = true;
        pending.close();
        for (Worker worker : workers) {
            worker.wake();
        }
    }

    /**
     * {@linkplain #refuse Refuses} further operations and waits for those that were added.
     *
     * @param nanos how long to wait at most
     * @return the operations that are being executed when that time has passed; empty if all are
     *     done
     */
    public List<Operation<?>> stop(long nanos) {
        long start = System.nanoTime();
        refuse();
        boolean interrupted = false;
        List<Operation<?>> stuck = new ArrayList<>();
        for (Worker worker : workers) {
            Thread thread = worker.thread;
            // A waker may close the mover that called it; its own worker ends when it returns.
            while (thread != null && thread.isAlive() && thread != Thread.currentThread()) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    Operation<?> current = worker.current;
                    if (current != null) {
                        stuck.add(current);
                    }
                    break;
                }
                try {
                    thread.join(Duration.ofNanos(left));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return stuck;
    }

    private final class Worker implements Runnable {
        private final int number;
        private volatile Thread thread;
        private volatile boolean asleep;
        /** The operation that is being executed. */
        private volatile Operation<?> current;
        /** The worker executes no operation that was added before this mark. */
        private volatile long position;

        Worker(int number) {
            this.number = number;
        }

        void start() {
            searching.incrementAndGet();
            try {
                Thread fresh = new LibraryThread(name + "-" + number, this);
                thread = fresh;
                fresh.start();
            } catch (Throwable e) {
                searching.decrementAndGet();
                throw e;
            }
        }

        @Override
        public void run() {
            boolean search = true; // counted by start
            int idle = 0;
            while (true) {
                Operation<?> next = take();
                if (next != null) {
                    if (search) {
                        search = false;
                        idle = 0;
                        stopSearching();
                    }
                    execute(next);
                } else if (!search) {
                    search = true;
                    searching.incrementAndGet();
                } else if (stopping) {
                    searching.decrementAndGet();
                    return;
                } else if (idle < strategy.spins()) {
                    idle++;
                    Thread.onSpinWait();
                } else if (idle - strategy.spins() < strategy.yields()) {
                    idle++;
                    Thread.yield();
                } else {
                    sleep();
                    idle = 0;
                }
            }
        }

        /** Spinning workers leave the list's lock alone while the list is empty. */
        private Operation<?> take() {
            if (pending.isEmpty()) {
                if (position != Long.MAX_VALUE) {
                    position = Long.MAX_VALUE;
                }
                return null;
            }
            position = pending.reached();
            return pending.take();
        }

        private void execute(Operation<?> next) {
            current = next;
            try {
                work.accept(next);
            } catch (Throwable e) {
                LibraryThread.report(e);
            }
            current = null;
        }

        /** The threads that relied on this search may need another worker. */
        private void stopSearching() {
            if (searching.decrementAndGet() == 0 && !pending.isEmpty()) {
                wakeOneIfNeeded();
            }
        }

        private void sleep() {
            asleep = true;
            sleeping.incrementAndGet();
            searching.decrementAndGet();
            if (!pending.isEmpty() || stopping) {
                wake();
            }
            while (asleep) {
                LockSupport.park(Workers.this);
                Thread.interrupted(); // concerns nobody here, and would keep park from sleeping
            }
        }

        /** Returns true if this call has woken the worker. */
        boolean wake() {
            synchronized (this) {
                if (!asleep) {
                    return false;
                }
                searching.incrementAndGet();
                sleeping.decrementAndGet();
                asleep = false;
            }
            LockSupport.unpark(thread);
            return true;
        }
    }
}
