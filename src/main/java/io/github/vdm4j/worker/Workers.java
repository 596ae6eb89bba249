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
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Threads that execute the operations of a {@link PendingList}, first in, first out. A worker that
 * finds the list empty searches for a while, according to its {@link WorkerStrategy}, and then
 * sleeps. A thread that adds an operation wakes a worker if no worker searches. When the last
 * searching worker finds an operation, it wakes another worker if more operations wait. A burst
 * therefore wakes as many workers as it needs. A stream that one worker can handle wakes no further
 * worker.
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
     * @param name the beginning of the threads' names
     * @param threads the number of threads
     * @param strategy how a thread waits while the list is empty
     * @param work executes and completes an operation, and should not throw. If it throws, the
     *     thread ends and another thread replaces it.
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
        } catch (Throwable e) { // the system has no more threads, so the started threads must end
            stop(Long.MAX_VALUE);
            throw e;
        }
    }

    /**
     * Returns the number of threads.
     *
     * @return the number
     */
    public int threads() {
        return workers.length;
    }

    /**
     * Returns the number of operations that wait for a worker.
     *
     * @return the number
     */
    public int pending() {
        return pending.size();
    }

    /**
     * Returns whether the workers can access the segments of an operation. They cannot access a
     * segment that is confined to a thread.
     *
     * @param operation the operation
     * @return true if they can access all segments
     */
    public static boolean canExecute(Operation<?> operation) {
        return operation.isAccessibleBy(LibraryThread.stranger());
    }

    /**
     * Returns a thread that can access the same segments as the workers.
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
     * @param limit the number of operations that may wait
     * @return true if a worker executes it; false if the list is full or the workers are stopping
     */
    public boolean offer(Operation<?> operation, int limit) {
        if (!pending.add(operation, limit)) {
            return false;
        }
        VarHandle.fullFence(); // publishes the operation before the look at sleeping workers
        Seam.at("link and look");
        wakeOneIfNeeded();
        return true;
    }

    /**
     * Adds an operation with remaining parts to the end of the list. The worker that has taken the
     * operation calls this. {@link #forget} must follow before the operation completes.
     *
     * @param operation the operation, which the caller no longer owns
     */
    public void putBack(Operation<?> operation) {
        pending.putBack(operation);
        VarHandle.fullFence(); // for the same reason as offer
        Seam.at("link and look");
        wakeOneIfNeeded();
    }

    /**
     * Forgets that an operation was put back. The caller completes the operation after this call.
     *
     * @param operation the operation, which has no remaining parts
     */
    public void forget(Operation<?> operation) {
        pending.forget(operation);
    }

    /**
     * Removes an operation that no worker has begun.
     *
     * @param operation the operation
     * @return true if the operation was in the list; the caller now owns it
     */
    public boolean remove(Operation<?> operation) {
        return pending.remove(operation);
    }

    /**
     * {@linkplain #refuse Refuses} further operations and ends the waiting operations that a
     * predicate selects.
     *
     * @param which selects operations. The remaining operations never leave the list, because a
     *     worker that finds the list empty ends.
     * @param end ends an operation that was removed from the list
     * @return the number of operations that were ended
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
     * @return true if the workers refuse further operations
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
     * Marks the operations that were added before this call, for {@link #isPast}.
     *
     * @return the mark
     */
    public long mark() {
        return pending.mark();
    }

    /**
     * Returns whether all operations that were added before a mark have been executed. If so, their
     * results are visible to the caller.
     *
     * @param mark from {@link #mark}
     * @return true if all have been executed
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

    /** Refuses further operations. The workers execute the operations in the list and end. */
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
     * {@linkplain #refuse Refuses} further operations and waits until the workers have executed the
     * list.
     *
     * @param nanos the longest time to wait
     * @return the operations that workers still execute after that time; empty if all are done
     */
    public List<Operation<?>> stop(long nanos) {
        long start = Seam.nanoTime();
        refuse();
        boolean interrupted = false;
        Set<Operation<?>> stuck = new LinkedHashSet<>(); // workers may share an operation
        for (Worker worker : workers) {
            // A waker may close the mover that called it. Its own worker ends when the waker
            // returns.
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

    private final class Worker implements Runnable, LongConsumer {
        private final int number;
        /** Null if the thread has died and the system cannot start another. */
        private volatile Thread thread;
        private volatile boolean asleep;
        /** True while this worker counts as searching. Only its own thread uses this. */
        private boolean search;
        /** The operation that this worker executes. */
        private volatile Operation<?> current;
        /** A mark. The worker executes no operation that was added before it. */
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
            } catch (Throwable e) { // the system cannot start a thread
                LibraryThread.report(e);
                return false;
            }
        }

        /** Runs the worker. If the work throws, it has completed its operation. */
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

        /**
         * Takes the next operation. Spinning workers do not take the list's lock while the list is
         * empty.
         */
        private Operation<?> take() {
            if (pending.isEmpty()) {
                if (position != Long.MAX_VALUE) {
                    position = Long.MAX_VALUE;
                }
                return null;
            }
            Operation<?> next = pending.take(this);
            if (next == null) {
                position = Long.MAX_VALUE; // a drain must not wait for a worker that falls asleep
            }
            return next;
        }

        @Override
        public void accept(long mark) {
            position = mark; // under the lock, because isPast looks at the list first
        }

        private void execute(Operation<?> next) {
            current = next;
            Seam.at("take and work");
            work.accept(next);
            Seam.at("work and forget");
            current = null;
        }

        /** Ends the search. Threads that relied on it may need another worker. */
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
                Thread.interrupted(); // clears an interrupt, because park does not sleep after it
            }
        }

        /**
         * Wakes the worker, and starts a thread if it has none. Returns true if this call has woken
         * it.
         */
        boolean wake() {
            synchronized (this) {
                if (!asleep) {
                    return false;
                }
                searching.incrementAndGet();
                sleeping.decrementAndGet();
                asleep = false;
                if (thread == null && !tryToLaunch()) {
                    asleep = true; // the next call retries
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
