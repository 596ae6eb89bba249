package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One wait for a future: an {@code await}, a {@link java.util.concurrent.CompletableFuture}, or a
 * notifier with a waker. A registration receives any number of coalesced wake-ups. It leaves the
 * future's {@link Waiters} when the future completes or when its owner withdraws it.
 */
abstract class Registration implements Waker {
    /** How a registration is notified. */
    enum Kind {
        /** Only unparks or queues and runs no code of a user: at once, also under a lock. */
        SIGNAL,
        /**
         * Runs code of the library only, such as the wake-up of a chain's registrations: at once,
         * under no lock.
         */
        FORWARD,
        /** Runs code of a user: by {@link Callbacks}. */
        CALLBACK
    }

    private static final VarHandle QUEUED;

    static {
        try {
            QUEUED = MethodHandles.lookup()
                    .findVarHandle(Registration.class, "queued", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Guarded by the waiters that the registration belongs to.
    Waiters owner;
    Registration previous;
    Registration next;

    /** The next registration to call. Belongs to the thread that has set {@link #QUEUED}. */
    Registration nextCallback;
    volatile boolean queued;
    /** Set before the last notification: the future has completed the awaited generation. */
    private volatile boolean complete;

    /** Returns how this registration is notified. */
    abstract Kind kind();

    /** Notifies the owner of the registration. */
    abstract void fire();

    /** Returns whether a thread waits for this future and for no other. */
    boolean isLoneWait() {
        return false;
    }

    /** Notifies the owner. A future of another kind calls this directly. */
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

    /** Returns true if the future has completed. It may have been prepared anew since. */
    final boolean isMarkedComplete() {
        return complete;
    }

    /** Returns true if the registration was not queued yet. */
    final boolean enqueue() {
        return !queued && QUEUED.compareAndSet(this, false, true);
    }

    /** Fires a queued callback. A wake-up that arrives from here on queues it again. */
    final void call() {
        queued = false;
        Seam.at("take and fire");
        try {
            fire();
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    /** Leaves the future's list. Does nothing if the registration is in none. */
    final void withdraw() {
        Waiters list = owner;
        if (list != null) {
            list.remove(this);
        }
    }
}
