package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.VarHandle;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The threads that execute the operations of a {@link PendingList}, first in, first out. A worker
 * that finds the list empty searches for a while, according to its {@link WorkerStrategy}, and then
 * sleeps. A thread that adds an operation wakes a worker if no worker searches. The last searcher
 * that finds an operation wakes another worker if more wait. So a burst wakes as many workers as it
 * needs, and a stream that one worker can serve wakes no worker.
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
     * @param name the prefix of the threads' names
     * @param threads how many
     * @param strategy how an idle thread waits
     * @param work executes an operation and completes it, also after a failure. If it throws, the
     *     thread ends, and another thread takes its place
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
        Seam.at("link and look");
        wakeOneIfNeeded();
        return true;
    }

    /**
     * Puts an unfinished operation at the end of the list. The worker that has taken it calls this.
     * {@link #forget} follows before the operation is complete.
     *
     * @param operation the operation, which the caller must not touch afterwards
     */
    public void putBack(Operation<?> operation) {
        pending.putBack(operation);
        VarHandle.fullFence(); // as in offer
        Seam.at("link and look");
        wakeOneIfNeeded();
    }

    /**
     * Forgets that an operation was put back. The worker calls this before the operation is
     * complete.
     *
     * @param operation the operation, whose work is done
     */
    public void forget(Operation<?> operation) {
        pending.forget(operation);
    }

    /**
     * Removes an operation that no worker has begun from the list.
     *
     * @param operation the operation
     * @return true if the caller owns it now
     */
    public boolean takeBack(Operation<?> operation) {
        return pending.remove(operation);
    }

    /**
     * {@linkplain #refuse Refuses} further operations and ends some of those that wait.
     *
     * @param which selects operations. The others stay in the list all the time, because a worker
     *     that finds the list empty ends.
     * @param end ends an operation that was taken out
     * @return how many operations were ended
     */
    public int endPending(Predicate<Operation<?>> which, Consumer<Operation<?>> end) {
        refuse();
        int ended = 0;
        for (Operation<?> next = pending.takeIf(which); next != null;
                next = pending.takeIf(which)) {
            end.accept(next);
            ended++;
        }
        return ended;
    }

    /**
     * Returns whether {@link #refuse} or {@link #stop} was called.
     *
     * @return true if every further operation is refused
     */
    public boolean isStopping() {
        return pending.isClosed();
    }

    private void wakeOneIfNeeded() {
        if (sleeping.get() > 0 && searching.get() == 0) {
            Seam.at("look and wake");
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
        pending.close();
        Seam.at("close and stop");
        stopping = true; // a worker that sees this sees everything that was added
        Seam.at("stop and wake");
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
        long start = Seam.nanoTime();
        refuse();
        boolean interrupted = false;
        Set<Operation<?>> stuck = new LinkedHashSet<>(); // several workers may execute its parts
        for (Worker worker : workers) {
            // A waker may close the mover that called it; its own worker ends when it returns.
            for (Thread thread = worker.thread; thread != null && thread.isAlive()
                    && thread != Thread.currentThread(); thread = worker.thread) {
                long left = nanos - (Seam.nanoTime() - start);
                if (left <= 0) {
                    Operation<?> current = worker.current;
                    if (current != null) {
                        stuck.add(current);
                    }
                    break;
                }
                try {
                    Seam.join(thread, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(stuck);
    }

    private final class Worker implements Runnable {
        private final int number;
        /** Null if the thread has died, and the system had no other thread to give. */
        private volatile Thread thread;
        private volatile boolean asleep;
        /** Whether this worker counts as searching. Used by its own thread. */
        private boolean search;
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
                launch();
            } catch (Throwable e) {
                searching.decrementAndGet();
                throw e;
            }
        }

        private void launch() {
            Thread fresh = new LibraryThread(name + "-" + number, this);
            thread = fresh;
            try {
                fresh.start();
            } catch (Throwable e) {
                thread = null;
                throw e;
            }
        }

        private boolean tryToLaunch() {
            try {
                launch();
                return true;
            } catch (Throwable e) { // the system has no thread to give
                LibraryThread.report(e);
                return false;
            }
        }

        /** The operation that was being executed is complete: the work sees to that. */
        @Override
        public void run() {
            try {
                loop();
            } catch (Throwable e) {
                LibraryThread.report(e);
                thread = null;
                current = null;
                if (!asleep) {
                    fallAsleep();
                }
                wake(); // starts another thread
            }
        }

        private void loop() {
            search = true; // counted by the thread that started this one
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
                    Seam.at("look and search");
                    search = true;
                    searching.incrementAndGet();
                } else if (stopping) {
                    if (pending.isEmpty()) {
                        searching.decrementAndGet();
                        return;
                    }
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
            Seam.at("mark and take");
            Operation<?> next = pending.take();
            if (next == null) {
                position = Long.MAX_VALUE; // a drain must not wait for a worker that falls asleep
            }
            return next;
        }

        private void execute(Operation<?> next) {
            current = next;
            Seam.at("take and work");
            work.accept(next);
            Seam.at("work and forget");
            current = null;
        }

        /** The threads that relied on this search may need another worker. */
        private void stopSearching() {
            int others = searching.decrementAndGet();
            Seam.at("stop searching and look");
            if (others == 0 && !pending.isEmpty()) {
                wakeOneIfNeeded();
            }
        }

        private void fallAsleep() {
            asleep = true;
            Seam.at("sleep and count");
            sleeping.incrementAndGet();
            if (search) {
                searching.decrementAndGet();
            }
        }

        private void sleep() {
            fallAsleep();
            Seam.at("sleep and look");
            if (!pending.isEmpty() || stopping) {
                wake();
            }
            while (asleep) {
                Seam.park(Workers.this);
                Thread.interrupted(); // concerns nobody here, and would keep park from sleeping
            }
        }

        /** Returns true if this call has woken the worker. A worker without a thread gets one. */
        boolean wake() {
            synchronized (this) {
                if (!asleep) {
                    return false;
                }
                searching.incrementAndGet();
                sleeping.decrementAndGet();
                asleep = false;
                if (thread == null && !tryToLaunch()) {
                    asleep = true; // the next call tries again
                    sleeping.incrementAndGet();
                    searching.decrementAndGet();
                    return false;
                }
            }
            Seam.unpark(thread);
            return true;
        }
    }
}
