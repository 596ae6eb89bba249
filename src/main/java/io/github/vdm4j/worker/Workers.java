package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Threads that execute the operations of a {@link PendingList}, first in, first out. A worker that
 * finds the list empty searches for a while, according to its {@link WorkerStrategy}, and then
 * sleeps. A thread that adds an operation wakes a worker if no worker searches. When the last
 * searching worker finds an operation, it wakes another worker if more operations wait. A burst
 * therefore wakes as many workers as it needs. A stream that one worker can handle wakes no further
 * worker.
 *
 * <p>A worker takes several short operations at once. It runs the callbacks of users after all of
 * them, because a callback may block.
 */
public final class Workers {
    final String name;
    final Consumer<Operation<?>> work;
    final Predicate<Operation<?>> isShort;
    final WorkerStrategy strategy;
    final PendingList pending = new PendingList();
    final HelpingThread helper = new HelpingThread(this);
    private final Worker[] workers;
    final AtomicInteger sleeping = new AtomicInteger();
    final AtomicInteger searching = new AtomicInteger();
    volatile boolean stopping;

    /**
     * Creates the workers without their threads.
     *
     * @param isShort returns whether a worker may take an operation together with further short
     *     operations. The work must not block on such an operation
     * @param work executes and completes an operation, and should not throw. If it throws, the
     *     worker reports the throwable and continues
     */
    public Workers(String name, int threads, WorkerStrategy strategy,
            Predicate<Operation<?>> isShort, Consumer<Operation<?>> work) {
        this.name = name;
        this.isShort = isShort;
        this.work = work;
        this.strategy = strategy;
        workers = new Worker[threads];
        for (int i = 0; i < threads; i++) {
            workers[i] = new Worker(this, i + 1);
        }
    }

    /**
     * Starts the threads. The caller has made all objects of its own before, because the threads
     * never end without {@link #stop}.
     */
    public void start() {
        try {
            for (Worker worker : workers) {
                worker.start();
            }
        } catch (Throwable e) {
            // The system has no further thread. The started threads end. The caller does not wait
            // for them. If it is a virtual thread, its wait would need a further thread.
            refuse();
            throw e;
        }
    }

    public int threads() {
        return workers.length;
    }

    /** Returns the list of the operations that wait for a worker. */
    public PendingList pending() {
        return pending;
    }

    /**
     * Returns whether the workers can access the segments of an operation. They cannot access a
     * segment that is confined to a thread.
     */
    public static boolean canExecute(Operation<?> operation) {
        return operation.isAccessibleBy(LibraryThread.foreignThread());
    }

    /**
     * Adds an operation to the list.
     *
     * @param operation an operation that was handed over
     * @param limit the number of operations that may wait
     * @return {@code true} if a worker executes it. It is {@code false} if the list is full or the
     *     workers are stopping
     */
    public boolean offer(Operation<?> operation, int limit) {
        if (!pending.add(operation, limit)) {
            return false;
        }
        Seam.step();
        wakeOneIfNeeded();
        return true;
    }

    /**
     * Adds an operation with remaining parts to the end of the list. The worker that has taken the
     * operation calls this and no longer owns it.
     */
    void putBack(Operation<?> operation) {
        pending.putBack(operation);
        Seam.step();
        wakeOneIfNeeded();
    }

    /**
     * {@linkplain #refuse Refuses} further operations and ends the waiting operations that a
     * predicate selects.
     *
     * @param which the predicate. The remaining operations never leave the list, because a worker
     *     ends if it finds the list empty
     * @return the number of operations that were ended
     */
    int endPending(Predicate<Operation<?>> which, Consumer<Operation<?>> end) {
        refuse();
        int ended = 0;
        for (Operation<?> next = pending.takeIf(which); next != null;
                next = pending.takeIf(which)) {
            end.accept(next);
            ended++;
        }
        return ended;
    }

    boolean hasWork() {
        return !pending.isEmpty() || helper.hasCallbacks();
    }

    void wakeOneIfNeeded() {
        if (sleeping.get() > 0 && searching.get() == 0) {
            Seam.step();
            for (Worker worker : workers) {
                if (worker.wake()) {
                    return;
                }
            }
        }
    }

    /** Refuses further operations. The workers execute the operations in the list and end. */
    void refuse() {
        pending.close();
        Seam.step();
        stopping = true; // A worker that sees this write sees all added operations.
        Seam.step();
        for (Worker worker : workers) {
            worker.wake();
        }
    }

    /**
     * {@linkplain #refuse Refuses} further operations and waits until the workers have executed the
     * list.
     *
     * @param deadline the value of {@link Seam#nanoTime} at which the wait ends
     * @return the operations {@link #atWork} at the deadline. The set is empty if all are done
     */
    public Set<Operation<?>> stop(long deadline) {
        refuse();
        boolean interrupted = false;
        for (Worker worker : workers) {
            // A waker may close the mover that called it. Its own worker ends when the waker
            // returns.
            for (Thread thread = worker.thread; thread != null && thread.isAlive()
                    && thread != Thread.currentThread(); thread = worker.thread) {
                long left = deadline - Seam.nanoTime();
                if (left <= 0) {
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
        return atWork();
    }

    /** Returns the operations that threads have taken from the list and not ended. */
    Set<Operation<?>> atWork() {
        // Several workers may execute the same operation.
        Set<Operation<?>> all = new LinkedHashSet<>();
        for (Worker worker : workers) {
            worker.addTo(all);
        }
        helper.addTo(all);
        all.remove(null);
        return all;
    }
}
