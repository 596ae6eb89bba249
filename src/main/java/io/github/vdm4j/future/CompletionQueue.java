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
 * A queue that returns futures in the order of their completion. Each future has an attachment of
 * the caller. The cost of the queue does not depend on the number of futures in flight.
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
 * <p>{@link #add} accepts any {@link PollableFuture} and starts it. If a future notifies, it costs
 * nothing until it completes. A shared daemon thread polls futures without notification, and chains
 * after their current step has completed. The functions of such a chain must not block, because
 * they run on this thread. If a poll on this thread throws {@link WrongThreadException}, the thread
 * that added the future polls it in {@code poll} and {@code take}.
 *
 * <p><b>Threading.</b> Any number of threads, virtual threads included, may add and take entries.
 *
 * @param <T> the type of the attachments
 */
public final class CompletionQueue<T> {
    private static final VarHandle COMPLETED;
    private static final VarHandle ADDED;
    private static final VarHandle RETURNED;
    private static final VarHandle SIGNALLED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            COMPLETED = lookup.findVarHandle(CompletionQueue.class, "completed", Wait.class);
            ADDED = lookup.findVarHandle(CompletionQueue.class, "added", int.class);
            RETURNED = lookup.findVarHandle(CompletionQueue.class, "returned", int.class);
            SIGNALLED = lookup.findVarHandle(CompletionQueue.class, "signalled", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** The completed entries, linked from the newest to the oldest. */
    private volatile Wait<T> completed;
    /**
     * The entries that the queue returns next, linked from the oldest to the newest. Guarded by the
     * lock.
     */
    private Wait<T> next;
    /** The entries that only their adding threads can poll. Guarded by the lock. */
    private Wait<T> confined;
    /** The number of entries that were added. It may overflow. */
    private volatile int added;
    /** The number of added entries that were returned or refused. Written under the lock. */
    private volatile int returned;
    /** The number of threads that wait for an entry. Written under the lock. */
    private volatile int waiting;
    /** Whether a waiting thread was signalled and has not read the queue yet. */
    private volatile boolean signalled;

    /** Creates an empty queue. */
    public CompletionQueue() {}

    /**
     * A complete future and its attachment.
     *
     * @param <T> the type of the attachment
     * @param future the future
     * @param attachment the attachment
     */
    public record Entry<T>(PollableFuture<?> future, T attachment) {}

    /**
     * Adds a future and starts it. The queue returns it after it has succeeded, failed or been
     * cancelled. If a future is added twice, the queue returns two entries. A reusable operation
     * must not be prepared again before the queue has returned it.
     *
     * @param future the future, idle, running or complete
     * @param attachment the attachment of the entry
     * @throws WrongThreadException if this thread cannot start the future. The queue does not add
     *     it
     * @throws IllegalStateException if the future is a reusable operation with nothing prepared.
     *     The queue does not add it
     */
    public void add(PollableFuture<?> future, T attachment) {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(attachment, "attachment");
        var wait = new Wait<>(this, future, attachment);
        // The count must include the entry before a thread can take it.
        ADDED.getAndAdd(this, 1);
        try {
            wait.start();
        } catch (Throwable e) {
            if (wait.claim()) { // If the entry was claimed before, the future has completed.
                wait.withdraw();
                lock.lock();
                try {
                    forget();
                } finally {
                    lock.unlock();
                }
                throw e;
            }
        }
    }

    /**
     * {@return the next completed entry, or null if no future is complete} The method removes the
     * entry and does not wait.
     */
    public Entry<T> poll() {
        for (boolean again = true;; again = false) {
            Wait<T> mine;
            lock.lock();
            try {
                Wait<T> first = remove();
                mine = first == null && again ? removeConfined() : null;
                if (mine == null) {
                    return first == null ? null : first.entry;
                }
            } finally {
                lock.unlock();
            }
            pollEach(mine);
        }
    }

    /**
     * Waits for the next completed entry, and returns and removes it. An interrupt does not end the
     * wait. The thread's interrupted status is set afterwards.
     *
     * @return the entry
     * @throws IllegalStateException if nothing is registered, now or after another thread has taken
     *     the last entry, or on a thread of vdm4j
     */
    public Entry<T> take() {
        return take(false, 0);
    }

    /**
     * Waits like {@link #take()}, but for a limited time.
     *
     * @param timeout the time limit. With 0 or less, the method does not wait
     * @return the entry, or null after a timeout
     * @throws IllegalStateException if nothing is registered, now or after another thread has taken
     *     the last entry, or on a thread of vdm4j
     */
    public Entry<T> take(Duration timeout) {
        return take(true, WaitSession.nanos(Objects.requireNonNull(timeout, "timeout")));
    }

    /** {@return whether all added entries have been returned} */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** {@return the number of entries that were added and not returned yet, complete or not} */
    public int size() {
        int before = returned; // The order of the reads excludes a negative size.
        return added - before;
    }

    private Entry<T> take(boolean timed, long nanos) {
        WaitSession.refuseLibraryThread("take");
        long start = 0; // Reading the clock is necessary only if no entry is complete.
        boolean interrupted = false;
        try {
            while (true) {
                Wait<T> mine;
                lock.lock();
                try {
                    Wait<T> first = remove();
                    if (first != null) {
                        return first.entry;
                    }
                    if (isEmpty()) {
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

    /** Waits under the lock for a change. Returns true if the thread was interrupted. */
    private boolean sleep(boolean timed, long nanos) {
        waiting++;
        signalled = false;
        try {
            if (completed != null || isEmpty()) {
                // The queue changed before the changing thread could see that this thread waits.
                return false;
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

    /** Removes the oldest completed entry under the lock, or returns null. */
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
                // A push signals one thread, and this thread signals the next thread.
                changed.signal();
            }
            forget();
        }
        return first;
    }

    /** Removes an entry from the count under the lock. The last entry ends all waits. */
    private void forget() {
        RETURNED.setRelease(this, returned + 1); // The lock excludes a second writer.
        if (waiting > 0 && isEmpty()) {
            changed.signalAll();
        }
    }

    /** Adds a completed entry. The method takes the lock only to signal a waiting thread. */
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

    /** Removes the entries that the current thread has to poll. The caller holds the lock. */
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

    /** The registration of an entry with its future. */
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
        /** Made in advance, because an entry that is removed must not be lost in a full heap. */
        private final Entry<T> entry;
        private final Thread adder = Thread.currentThread();
        /** Whether the entry is complete or was refused. */
        private volatile boolean claimed;
        /** The next entry of the list that contains this entry. */
        private Wait<T> link;

        @SuppressWarnings("unchecked") // The queue does not use the type of the output.
        Wait(CompletionQueue<T> queue, PollableFuture<?> future, T attachment) {
            super((PollableFuture<Object>) future);
            this.queue = queue;
            entry = new Entry<>(future, attachment);
        }

        private boolean claim() {
            return CLAIMED.compareAndSet(this, false, true);
        }

        @Override
        Kind kind() {
            // At the end, the notification only pushes the entry.
            return isMarkedComplete() ? Kind.SIGNAL : Kind.FORWARD;
        }

        @Override
        void fire() {
            if (isMarkedComplete()) {
                end(null, false);
            } else if (mustPoll()) {
                proceedOnPoller();
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
