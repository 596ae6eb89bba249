package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue that returns futures in the order of their completion, each with an attachment of the
 * caller. Its cost does not depend on the number of futures in flight.
 *
 * <pre>{@code
 * var done = new CompletionQueue<Page>();
 * for (Page page : dirty) done.add(mover.memcpy(page.slot(), page.bytes()), page);
 * while (!done.isEmpty()) {
 *   var entry = done.take();
 *   entry.future().orThrow();
 *   entry.attachment().release();
 * }
 * }</pre>
 *
 * <p>Any {@link PollableFuture} can be added. {@link #add} starts it. If a future notifies, it costs
 * nothing until it completes. A daemon thread, which all such futures share, polls futures that
 * give no notification, and chains whose current step is complete. The functions of such a chain
 * must not block, because they run on this thread. If a poll throws {@link WrongThreadException} there,
 * {@code poll} and {@code take} on the thread that added the future poll it.
 *
 * <p><b>Threading.</b> Any number of threads, virtual threads included, may add and take entries.
 *
 * @param <T> the type of the attachments
 */
public final class CompletionQueue<T> {
    private static final VarHandle COMPLETED;
    private static final VarHandle REGISTERED;
    private static final VarHandle SIGNALLED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            COMPLETED = lookup.findVarHandle(CompletionQueue.class, "completed", Wait.class);
            REGISTERED = lookup.findVarHandle(CompletionQueue.class, "registered", int.class);
            SIGNALLED = lookup.findVarHandle(CompletionQueue.class, "signalled", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Entries that were completed, linked from the newest to the oldest. */
    private volatile Wait<T> completed;
    /** Entries to be returned, linked from the oldest to the newest. Guarded by the lock. */
    private Wait<T> next;
    /** Entries that only the threads that added them can poll. Guarded by the lock. */
    private Wait<T> confined;
    /** How many entries were added and not returned. */
    private volatile int registered;
    /** How many threads wait for an entry. Written under the lock. */
    private volatile int waiting;
    /** Whether a waiting thread was signalled and has not looked at the queue since. */
    private volatile boolean signalled;

    /** Creates an empty queue. */
    public CompletionQueue() {}

    /**
     * A future that is complete, and what was added with it.
     *
     * @param <T> the type of the attachment
     * @param future the future, succeeded or failed
     * @param attachment the attachment
     */
    public record Entry<T>(PollableFuture<?> future, T attachment) {}

    /**
     * Adds a future and starts it. The queue returns it once it is complete, whether it succeeds,
     * fails or is cancelled. A future that is added twice gives two entries. A reusable operation
     * must not be prepared anew before the queue has returned it.
     *
     * @param future the future, idle, running or complete
     * @param attachment what to return with it
     * @throws WrongThreadException if the future cannot be started from this thread; it is not
     *     added
     * @throws IllegalStateException if the future is a reusable operation with nothing prepared; it
     *     is not added
     */
    public void add(PollableFuture<?> future, T attachment) {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(attachment, "attachment");
        var wait = new Wait<>(this, future, attachment);
        REGISTERED.getAndAdd(this, 1); // before a thread can take the entry
        try {
            wait.start();
        } catch (Throwable e) {
            if (wait.claim()) { // else the future has completed all the same
                wait.withdraw();
                forget();
                throw e;
            }
        }
    }

    /** {@return the next completed entry, which is removed, or null if no future is complete} */
    public Entry<T> poll() {
        for (boolean again = true;; again = false) {
            Wait<T> mine;
            lock.lock();
            try {
                Wait<T> first = remove();
                mine = first == null && again ? removeConfined() : null;
                if (mine == null) {
                    return first == null ? null : first.entry();
                }
            } finally {
                lock.unlock();
            }
            pollEach(mine);
        }
    }

    /**
     * Returns and removes the next completed entry, and waits for it. Interruption does not end the
     * wait and is kept for afterwards.
     *
     * @return the entry
     * @throws IllegalStateException if nothing is registered, now or after another thread has taken
     *     the last entry, or on a thread of vdm4j
     */
    public Entry<T> take() {
        return take(false, 0);
    }

    /**
     * Waits like {@link #take()}, for a limited time.
     *
     * @param timeout how long to wait; 0 or less not to wait
     * @return the entry; null if no future was complete in time
     * @throws IllegalStateException if nothing is registered, now or after another thread has taken
     *     the last entry, or on a thread of vdm4j
     */
    public Entry<T> take(Duration timeout) {
        return take(true, WaitSession.nanos(Objects.requireNonNull(timeout, "timeout")));
    }

    /** {@return whether every entry that was added has been returned} */
    public boolean isEmpty() {
        return registered == 0;
    }

    /**
     * {@return the number of entries that were added and have not been returned, complete or not}
     */
    public int size() {
        return registered;
    }

    private Entry<T> take(boolean timed, long nanos) {
        WaitSession.refuseLibraryThread("take");
        long start = 0; // the clock is read only if nothing is complete
        boolean interrupted = false;
        try {
            while (true) {
                Wait<T> mine;
                lock.lock();
                try {
                    Wait<T> first = remove();
                    if (first != null) {
                        return first.entry();
                    }
                    if (registered == 0) {
                        throw new IllegalStateException(FailureName.ENDLESS_WAIT.endOf(
                                "take from a queue with nothing registered: no completion can end"
                                        + " the wait. Add a future first, or use poll()"));
                    }
                    mine = removeConfined();
                    if (mine == null) {
                        long now = timed ? System.nanoTime() : 0;
                        start = start == 0 ? now : start;
                        long left = nanos - (now - start);
                        if (timed && left <= 0) {
                            return null;
                        }
                        interrupted |= sleep(timed, left);
                    }
                } finally {
                    lock.unlock();
                }
                pollEach(mine);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits under the lock until something changes. Returns true if interrupted. */
    private boolean sleep(boolean timed, long nanos) {
        waiting++;
        signalled = false;
        try {
            if (completed != null || registered == 0) {
                return false; // changed before the thread that changed it could see this one wait
            }
            if (timed) {
                changed.awaitNanos(nanos);
            } else {
                changed.await();
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        } finally {
            waiting--;
            signalled = false;
        }
    }

    /** Removes the oldest completed entry, under the lock. Returns null if there is none. */
    private Wait<T> remove() {
        if (next == null && completed != null) {
            @SuppressWarnings("unchecked")
            var newest = (Wait<T>) COMPLETED.getAndSet(this, null);
            for (Wait<T> each = newest; each != null;) {
                Wait<T> older = each.link;
                each.link = next;
                next = each;
                each = older;
            }
        }
        Wait<T> first = next;
        if (first != null) {
            next = first.link;
            first.link = null;
            if (waiting > 0 && (next != null || completed != null)) {
                changed.signal(); // one push signals one thread, which signals the next
            }
            forget();
        }
        return first;
    }

    /** Takes an entry out of the count. Threads that wait for nothing now have to know. */
    private void forget() {
        if ((int) REGISTERED.getAndAdd(this, -1) == 1 && waiting > 0) {
            signalAll();
        }
    }

    private void signalAll() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Adds a completed entry. Takes a lock only if a waiting thread was not signalled yet. */
    private void push(Wait<T> wait) {
        Wait<T> head = completed;
        wait.link = head;
        while (!COMPLETED.compareAndSet(this, head, wait)) {
            head = completed;
            wait.link = head;
        }
        if (waiting > 0 && !signalled && SIGNALLED.compareAndSet(this, false, true)) {
            lock.lock();
            try {
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private void leaveToItsThread(Wait<T> wait) {
        lock.lock();
        try {
            wait.link = confined;
            confined = wait;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Removes the entries that the current thread has to poll, under the lock. */
    private Wait<T> removeConfined() {
        Wait<T> mine = null;
        Wait<T> others = null;
        for (Wait<T> each = confined; each != null;) {
            Wait<T> following = each.link;
            if (each.adder == Thread.currentThread()) {
                each.link = mine;
                mine = each;
            } else {
                each.link = others;
                others = each;
            }
            each = following;
        }
        confined = others;
        return mine;
    }

    private static void pollEach(Wait<?> first) {
        for (Wait<?> each = first; each != null;) {
            Wait<?> following = each.link;
            each.link = null;
            each.proceed();
            each = following;
        }
    }

    /** The registration of one entry with its future. */
    private static final class Wait<T> extends PollingRegistration<Object> {
        private static final VarHandle CLAIMED;

        static {
            try {
                CLAIMED = MethodHandles.lookup()
                        .findVarHandle(Wait.class, "claimed", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final CompletionQueue<T> queue;
        private final T attachment;
        private final Thread adder = Thread.currentThread();
        /** Whether the entry is complete, or was refused. */
        private volatile boolean claimed;
        /** The next entry of the list that this one is in. */
        private Wait<T> link;

        @SuppressWarnings("unchecked") // the type of the output is of no interest here
        Wait(CompletionQueue<T> queue, PollableFuture<?> future, T attachment) {
            super((PollableFuture<Object>) future);
            this.queue = queue;
            this.attachment = attachment;
        }

        Entry<T> entry() {
            return new Entry<>(task, attachment);
        }

        private boolean claim() {
            return CLAIMED.compareAndSet(this, false, true);
        }

        @Override
        Kind kind() {
            return Kind.FORWARD;
        }

        @Override
        void fire() {
            if (isMarkedComplete()) {
                end(null, false);
            } else if (mustPoll()) {
                SharedPoller.add(this);
            }
        }

        @Override
        boolean isSettled() {
            return claimed;
        }

        @Override
        void end(Throwable thrown, boolean onSharedPoller) {
            if (thrown instanceof WrongThreadException && Thread.currentThread() != adder) {
                queue.leaveToItsThread(this);
                return;
            }
            if (thrown != null) {
                LibraryThread.report(thrown);
            }
            if (claim()) {
                queue.push(this);
            }
        }
    }
}
