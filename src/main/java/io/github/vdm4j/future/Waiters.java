package io.github.vdm4j.future;

import io.github.vdm4j.machine.Seam;

/**
 * The registrations of one generation of a future, and the notifier for polls of the task. The task
 * therefore stores only one waker for all waiting threads.
 */
final class Waiters extends Notifier implements Waker {
    final int generation;

    // Guarded by this. No user code runs under the lock.
    private Registration newest;
    private boolean complete;

    Waiters(int generation) {
        this.generation = generation;
    }

    @Override
    public Waker waker() {
        return this;
    }

    /**
     * Adds a waker. A raw notifier's waker replaces an earlier waker of the same thread, like in C.
     * A waker of the library represents a separate wait and replaces no waker.
     *
     * @return the registration, or null if the generation is complete
     */
    synchronized Registration add(Waker waker) {
        if (complete) {
            return null;
        }
        Registration added = waker instanceof Registration own ? own : raw(waker);
        if (added.owner == null) {
            added.owner = this;
            added.previous = newest;
            if (newest != null) {
                newest.next = added;
            }
            newest = added;
        }
        return added;
    }

    private RawRegistration raw(Waker waker) {
        long thread = waker instanceof Waiters ? -1 : Thread.currentThread().threadId();
        for (Registration each = newest; each != null; each = each.previous) {
            if (each instanceof RawRegistration raw && raw.isFor(waker, thread)) {
                raw.waker = waker;
                return raw;
            }
        }
        return new RawRegistration(waker, thread);
    }

    synchronized void remove(Registration registration) {
        if (registration.owner == this) {
            unlink(registration);
        }
    }

    private void unlink(Registration registration) {
        Registration before = registration.previous;
        Registration after = registration.next;
        if (before != null) {
            before.next = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.previous = before;
        }
        registration.owner = null;
        registration.previous = null;
        registration.next = null;
    }

    /** Returns whether a thread waits only for this future. */
    synchronized boolean hasLoneWait() {
        for (Registration each = newest; each != null; each = each.previous) {
            if (each.isLoneWait()) {
                return true;
            }
        }
        return false;
    }

    /** Notifies all registrations, because the task reports progress. */
    @Override
    public void wake() {
        notifyAll(false);
    }

    /**
     * Notifies all registrations for the last time and removes them, because the generation is
     * complete.
     */
    void complete() {
        notifyAll(true);
    }

    private void notifyAll(boolean atEnd) {
        Registration forwards = null;
        Registration callbacks = null;
        try {
            synchronized (this) {
                complete |= atEnd;
                // This goes from the newest to the oldest, because each insertion goes to the head
                // of a list.
                for (Registration each = newest; each != null;) {
                    Registration following = each.previous;
                    if (atEnd) {
                        each.markComplete();
                    }
                    Registration.Kind kind = each.kind();
                    if (kind == Registration.Kind.SIGNAL) {
                        each.fire();
                    } else if (each.enqueue()) {
                        if (kind == Registration.Kind.FORWARD) {
                            each.nextCallback = forwards;
                            forwards = each;
                        } else {
                            each.nextCallback = callbacks;
                            callbacks = each;
                        }
                    }
                    if (atEnd) {
                        unlink(each);
                    }
                    each = following;
                }
            }
            Seam.step();
            Callbacks.callEach(forwards);
            if (callbacks != null) {
                Callbacks.run(callbacks);
            }
        } catch (StackOverflowError e) { // A wake-up can queue the remaining registrations again.
            for (Registration each = forwards; each != null; each = each.nextCallback) {
                each.queued = false;
            }
            for (Registration each = callbacks; each != null; each = each.nextCallback) {
                each.queued = false;
            }
            throw e;
        }
    }

    /** The waker of a raw notifier. */
    static final class RawRegistration extends Registration {
        private volatile Waker waker;
        private final long thread;

        private RawRegistration(Waker waker, long thread) {
            this.waker = waker;
            this.thread = thread;
        }

        private boolean isFor(Waker other, long otherThread) {
            return waker == other || thread >= 0 && thread == otherThread;
        }

        @Override
        Kind kind() {
            return waker instanceof Waiters ? Kind.FORWARD : Kind.CALLBACK;
        }

        @Override
        void fire() {
            waker.wake();
        }
    }
}
