package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
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
 * that added the future also polls it in {@code poll} and {@code take}. If that thread may not poll
 * it either, the queue waits until another thread has completed the future. If a poll throws
 * anything else, the queue passes the throwable to the uncaught-exception handler of the thread,
 * once for each entry, and polls again. The queue returns only complete futures.
 *
 * <p><b>Threading.</b> Any number of threads, virtual threads included, may add and take entries.
 *
 * <p>C counterpart: none. In C, {@code runtime_wait_multiple} waits for all futures.
 *
 * @param <T> the type of the attachments
 */
public final class CompletionQueue<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** The number of added entries that the queue has not returned or refused yet. */
    private final AtomicInteger size = new AtomicInteger();

    // The next fields are guarded by the lock.
    /** The completed entries, linked from the oldest to the newest. */
    private Wait<T> oldest;
    private Wait<T> newest;
    /** The entries that a thread in {@code poll} or {@code take} has to poll. */
    private Wait<T> confined;

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
        size.incrementAndGet(); // The count must include the entry before a thread can take it.
        try {
            wait.start();
        } catch (Throwable e) {
            if (refuse(wait)) { // Otherwise the future has completed.
                wait.withdraw();
                throw e;
            }
        }
    }

    private boolean refuse(Wait<T> wait) {
        lock.lock();
        try {
            if (wait.settled) {
                return false;
            }
            wait.settled = true;
            forget();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return the next completed entry, or null if no future is complete} The method removes the
     * entry and does not wait.
     */
    public Entry<T> poll() {
        while (true) {
            Wait<T> mine;
            lock.lock();
            try {
                Entry<T> entry = remove();
                mine = entry == null ? removeConfined() : null;
                if (mine == null) {
                    return entry;
                }
            } finally {
                lock.unlock();
            }
            mine.pollHere();
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
        return size.get();
    }

    private Entry<T> take(boolean timed, long nanos) {
        WaitSession.refuseLibraryThread("take");
        long deadline = timed ? System.nanoTime() + nanos : 0;
        boolean interrupted = false;
        try {
            while (true) {
                Wait<T> mine;
                lock.lock();
                try {
                    Entry<T> entry = remove();
                    if (entry != null) {
                        return entry;
                    }
                    if (isEmpty()) {
                        throw new IllegalStateException(FailureName.ENDLESS_WAIT.endOf(
                                "take from a queue with nothing registered: no completion can end"
                                        + " the wait. Add a future first, or use poll()"));
                    }
                    mine = removeConfined();
                    if (mine == null) {
                        long left = timed ? deadline - System.nanoTime() : 0;
                        if (timed && left <= 0) {
                            return null;
                        }
                        interrupted |= sleep(timed, left);
                    }
                } finally {
                    lock.unlock();
                }
                if (mine != null) {
                    mine.pollHere();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits under the lock for a change. Returns true if the thread was interrupted. */
    private boolean sleep(boolean timed, long nanos) {
        try {
            if (timed) {
                changed.awaitNanos(nanos);
            } else {
                changed.await();
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Removes the oldest completed entry under the lock, or returns null. */
    private Entry<T> remove() {
        Wait<T> first = oldest;
        if (first == null) {
            return null;
        }
        // This precedes the removal, because the heap may be full.
        var entry = new Entry<T>(first.task, first.attachment);
        oldest = first.link;
        if (oldest == null) {
            newest = null;
        }
        first.link = null;
        forget();
        return entry;
    }

    /** Removes an entry from the count under the lock. The last entry ends all waits. */
    private void forget() {
        if (size.decrementAndGet() == 0) {
            changed.signalAll();
        }
    }

    private void push(Wait<T> wait) {
        lock.lock();
        try {
            if (wait.settled) {
                return;
            }
            wait.settled = true;
            if (oldest == null) {
                oldest = wait;
            } else {
                newest.link = wait;
            }
            newest = wait;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void leaveToTaker(Wait<T> wait) {
        lock.lock();
        try {
            if (!wait.left) {
                wait.left = true;
                wait.nextConfined = confined;
                confined = wait;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes an entry that the current thread has to poll. The caller holds the lock. */
    private Wait<T> removeConfined() {
        Wait<T> previous = null;
        for (Wait<T> each = confined; each != null; each = each.nextConfined) {
            if (each.settled || each.stranded || each.adder == Thread.currentThread()) {
                if (previous == null) {
                    confined = each.nextConfined;
                } else {
                    previous.nextConfined = each.nextConfined;
                }
                each.left = false;
                return each;
            }
            previous = each;
        }
        return null;
    }

    /** The registration of an entry with its future. */
    private static final class Wait<T> extends PollingRegistration<Object> {
        private final CompletionQueue<T> queue;
        private final T attachment;
        private final Thread adder = Thread.currentThread();
        /** Whether the entry is complete or was refused. Written under the queue's lock. */
        private volatile boolean settled;
        /** Whether any taker has to continue, because the shared poller could not start. */
        private volatile boolean stranded;
        private boolean reported;
        // Guarded by the queue's lock.
        /** The next completed entry. */
        private Wait<T> link;
        private Wait<T> nextConfined;
        /** Whether the entry is in the list of confined entries. */
        private boolean left;

        @SuppressWarnings("unchecked") // The queue does not use the type of the output.
        Wait(CompletionQueue<T> queue, PollableFuture<?> future, T attachment) {
            super((PollableFuture<Object>) future);
            this.queue = queue;
            this.attachment = attachment;
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
            return settled;
        }

        /** The shared poller continues, because it sees the end of the owner and of the future. */
        @Override
        boolean endsAfter(Throwable thrown) {
            useNone(); // A poller that throws is not asked again before the next poll.
            if (thrown instanceof WrongThreadException) {
                queue.leaveToTaker(this);
            } else {
                reportOnce(thrown);
            }
            return task.isComplete();
        }

        @Override
        void retry() {
            try {
                super.retry();
            } catch (Throwable e) {
                reportOnce(e);
                stranded = true;
                queue.leaveToTaker(this);
            }
        }

        private synchronized boolean takeStranded() {
            boolean taken = stranded;
            stranded = false;
            return taken;
        }

        private void reportOnce(Throwable thrown) {
            synchronized (this) {
                if (reported) {
                    return;
                }
                reported = true;
            }
            LibraryThread.report(thrown);
        }

        /** Polls on a taker. The shared poller polls the future again and sees the result. */
        void pollHere() {
            if (takeStranded()) {
                proceedOnPoller();
                return;
            }
            try {
                task.poll();
            } catch (WrongThreadException e) {
                // The thread that owns the memory has to poll.
            } catch (Throwable e) {
                reportOnce(e);
            }
        }

        @Override
        void end(Throwable thrown, boolean onSharedPoller) {
            queue.push(this);
        }
    }
}
