package io.github.vdm4j.engine;

import io.github.vdm4j.Operation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * The thread that polls a mover's operations on hardware for the threads that wait. The first such
 * operation starts it. While nothing completes, the thread spins, yields and then sleeps for
 * growing times. While there is nothing to poll, it parks.
 */
final class CompletionThread {
    private static final IdleStrategy IDLE = IdleStrategy.backOff(1_000, 100, 100_000);

    private final Queue<Operation<?>> added = new ConcurrentLinkedQueue<>();
    /** Serves the operations that wait for a slot. Returns {@code true} if an operation waits. */
    private final BooleanSupplier pending;
    private final String name;
    private volatile boolean wanted;
    private volatile boolean stopped;
    /** Written under the lock of this object. */
    private volatile Thread thread;
    /**
     * The operations that this thread polls in each round. It is a set, because several threads add
     * the same operation again and again.
     */
    private final Set<Operation<?>> watched = new LinkedHashSet<>();

    CompletionThread(String namePrefix, BooleanSupplier pending) {
        name = namePrefix + "-completions";
        this.pending = pending;
    }

    /** Polls an operation until it is complete. Returns false if the caller has to poll. */
    boolean watch(Operation<?> operation) {
        if (Thread.currentThread() == thread && watched.contains(operation)) {
            return !stopped; // The thread polls it again in the next round.
        }
        try {
            added.add(operation);
            return wakeUp();
        } catch (OutOfMemoryError e) {
            return false; // The heap is full, or the system has no thread.
        }
    }

    void servePending() {
        try {
            wakeUp();
        } catch (OutOfMemoryError e) {
            // The next operation that completes or waits calls this again.
        }
    }

    private boolean wakeUp() {
        wanted = true;
        Thread running;
        synchronized (this) {
            if (stopped) {
                return false;
            }
            if (thread == null || !thread.isAlive()) {
                thread = new LibraryThread(name, this::run);
                thread.start();
            }
            running = thread;
        }
        Seam.unpark(running);
        return true;
    }

    private void run() {
        int fruitless = 0;
        while (!stopped) {
            Seam.step();
            try {
                boolean any = wanted;
                wanted = false;
                boolean some = pending.getAsBoolean();
                for (Operation<?> next = added.peek(); next != null; next = added.peek()) {
                    watched.add(next); // This precedes the removal, because the heap may be full.
                    added.poll();
                }
                any |= watched.removeIf(CompletionThread::hasEnded);
                fruitless = any ? 0 : fruitless + 1;
                Seam.step();
                if (!wanted && !stopped) {
                    if (watched.isEmpty() && !some) {
                        Seam.park(this);
                    } else if (!any) {
                        IDLE.idle(fruitless);
                    }
                }
                Thread.interrupted(); // A pending interrupt would prevent park from sleeping.
            } catch (Throwable e) { // If the heap was full, the next round tries again.
                LibraryThread.report(e);
            }
        }
        watched.addAll(added);
        watched.forEach(CompletionThread::endPromise);
    }

    /** Polls an operation that receives no waker any more. This wakes the threads that wait. */
    private static void endPromise(Operation<?> operation) {
        try {
            hasEnded(operation);
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    /** Polls an operation. Returns whether this thread does not have to poll it again. */
    private static boolean hasEnded(Operation<?> operation) {
        try {
            operation.advanceIfRunning();
            return operation.state() != FutureState.RUNNING;
        } catch (WrongThreadException e) { // It was prepared again, on confined memory.
            return true;
        }
    }

    void stop() {
        Thread running;
        synchronized (this) {
            stopped = true;
            running = thread;
        }
        Seam.unpark(running);
    }
}
