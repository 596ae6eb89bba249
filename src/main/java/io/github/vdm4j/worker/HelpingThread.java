package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * The share of a thread that awaits an operation. One thread at a time helps the {@link Workers}.
 * It takes only short operations. A worker runs the callbacks of users, because the helping thread
 * may hold locks that they need.
 */
final class HelpingThread extends Share {
    private final AtomicBoolean busy = new AtomicBoolean();
    /** The callbacks that a worker has to run, or null. */
    private final AtomicReference<Runnable> withheld = new AtomicReference<>();
    private final Runnable work = this::takeAndExecute;
    private final Predicate<Operation<?>> suitable = this::isSuitable;
    private boolean worked;

    HelpingThread(Workers pool) {
        super(pool);
    }

    /**
     * Returns whether a thread that waits may execute an operation. An access to a mapped file may
     * block, and the awaited operation may end earlier.
     */
    private boolean isSuitable(Operation<?> operation) {
        return pool.isShort.test(operation) && !isMapped(operation.destination())
                && !isMapped(operation.source());
    }

    private static boolean isMapped(MemorySegment segment) {
        return segment != null && segment.isMapped();
    }

    /**
     * Executes some operations on the calling thread.
     *
     * @return {@code true} if the method has executed an operation
     */
    boolean help() {
        // An operation of another caller must not overflow the stack.
        if (pool.pending.isEmpty() || busy.get() || !LibraryThread.hasStack()
                || !busy.compareAndSet(false, true)) {
            return false;
        }
        worked = false;
        Runnable callbacks = withheld.getAndSet(null);
        try {
            callbacks = Operation.withoutCallbacks(work, callbacks);
        } catch (VirtualMachineError e) {
            // The heap or the stack is full. The thread has taken no operation, and sleeps.
        }
        withheld.set(callbacks);
        boolean helped = worked;
        Seam.step();
        busy.set(false);
        if (callbacks != null) {
            Seam.step();
            pool.wakeOneIfNeeded();
        }
        return helped;
    }

    private void takeAndExecute() {
        worked = take(pool.threads() + 1, suitable, true);
        while (left() > 0) {
            try {
                executeRest();
            } catch (Throwable e) { // The work has completed its operation.
                LibraryThread.report(e);
            }
        }
        endCurrent();
    }

    boolean isActive() {
        return busy.get() || hasCallbacks();
    }

    boolean hasCallbacks() {
        return withheld.get() != null;
    }

    void runCallbacks() {
        Runnable callbacks = withheld.getAndSet(null);
        if (callbacks != null) {
            callbacks.run();
        }
    }
}
