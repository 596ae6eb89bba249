package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;

/**
 * A wait for a future. Its owner is an {@code await}, a {@link
 * java.util.concurrent.CompletableFuture} or a notifier with a waker. A registration receives any
 * number of coalesced wake-ups. It leaves the future's {@link Waiters} when the future completes or
 * when its owner withdraws it.
 */
abstract class Registration extends Notifier implements Waker {
    /** The kind of code that notifies a registration. */
    enum Kind {
        /** Code that only unparks or queues. It runs at once, even under a lock. */
        SIGNAL,
        /**
         * Code of the library, for example the wake-up of a chain's registrations. It runs at once
         * and without a lock.
         */
        FORWARD,
        /** Code of a user. {@link Callbacks} runs it. */
        CALLBACK
    }

    // Guarded by the owner.
    Waiters owner;
    Registration previous;
    Registration next;

    /** The next registration to call. Only the thread that has queued this one uses it. */
    Registration nextCallback;
    volatile boolean queued;
    /**
     * Whether the future has completed the awaited generation. The thread that sends the last
     * notification sets this before the notification.
     */
    private boolean complete;

    @Override
    public final Waker waker() {
        return this;
    }

    /** Returns the kind of this registration. It may change when the future completes. */
    abstract Kind kind();

    abstract void fire();

    /** Returns whether a thread waits only for this future. */
    boolean isLoneWait() {
        return false;
    }

    /** Notifies the owner. Futures outside of this library call this directly. */
    @Override
    public final void wake() {
        if (kind() != Kind.CALLBACK) {
            fire();
        } else if (enqueue()) {
            try {
                Callbacks.run(this);
            } catch (StackOverflowError e) {
                queued = false;
                throw e;
            }
        }
    }

    final void markComplete() {
        complete = true;
    }

    /**
     * Returns whether the future has completed. Another thread may have prepared it again since.
     */
    final boolean isMarkedComplete() {
        return complete;
    }

    /** Queues the registration. Returns {@code false} if it was queued already. */
    final synchronized boolean enqueue() {
        if (queued) {
            return false;
        }
        queued = true;
        return true;
    }

    /** Fires a queued callback. A later wake-up queues it again. */
    final void call() {
        queued = false;
        Seam.step();
        try {
            fire();
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    /** Leaves the future's list. Has no effect if the registration is in no list. */
    final void withdraw() {
        Waiters list = owner;
        if (list != null) {
            list.remove(this);
        }
    }
}
