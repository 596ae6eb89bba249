package io.github.vdm4j;

import io.github.vdm4j.machine.Seam;
import java.util.ArrayList;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * The operations of a mover that wait for capacity, first in, first out. The operation itself is
 * the node of the list, so waiting needs no memory.
 *
 * <p>Taking an operation out of the list makes the taker its owner: a worker that executes it, a
 * thread that cancels it, or {@code close}. No user code, native call or allocation runs under the
 * list's lock.
 */
public final class PendingList {
    private final Object lock = new Object();
    // Written under the lock, read by anybody.
    private volatile Operation<?> first;
    private volatile int size;
    // Guarded by the lock.
    private Operation<?> last;
    private boolean closed;
    private long added;
    /** Operations that were put back, in the list or not. The first place counts for a drain. */
    private final ArrayList<Operation<?>> unfinished = new ArrayList<>();

    /** Creates an empty list. */
    public PendingList() {}

    /**
     * Adds an operation at the end.
     *
     * @param operation an operation that was handed over
     * @param most how many operations may wait
     * @return true if it was added; false if the list is closed or that many operations wait
     */
    public boolean add(Operation<?> operation, int most) {
        Objects.requireNonNull(operation, "operation");
        synchronized (lock) {
            if (closed || size >= most) {
                return false;
            }
            link(operation);
            operation.place = added++;
            return true;
        }
    }

    private void link(Operation<?> operation) {
        operation.list = this;
        operation.previous = last;
        if (last == null) {
            first = operation;
        } else {
            last.next = operation;
        }
        last = operation;
        size++;
    }

    /**
     * Adds an operation at the end again, because more of it is left to do. A closed or full list
     * takes it, too. {@link #forget} must follow.
     *
     * @param operation an operation that was in the list, and that the caller owns
     */
    public void putBack(Operation<?> operation) {
        Objects.requireNonNull(operation, "operation");
        synchronized (lock) {
            if (!unfinished.contains(operation)) {
                unfinished.add(operation);
            }
            link(operation);
        }
    }

    /**
     * Forgets an operation that may have been put back.
     *
     * @param operation the operation, which is not in the list and has ended
     */
    public void forget(Operation<?> operation) {
        Objects.requireNonNull(operation, "operation");
        synchronized (lock) {
            unfinished.remove(operation);
        }
    }

    /**
     * Takes the first operation out.
     *
     * @return the operation, which the caller owns now, or null if none waits
     */
    public Operation<?> take() {
        return take(mark -> {});
    }

    /**
     * Takes the first operation out.
     *
     * @param atMark receives what {@link #reached} returns right before, under the list's lock. It
     *     is not called if no operation waits
     * @return the operation, which the caller owns now, or null if none waits
     */
    public Operation<?> take(LongConsumer atMark) {
        Objects.requireNonNull(atMark, "atMark");
        if (first == null) {
            return null;
        }
        Seam.at("look and take");
        synchronized (lock) {
            Operation<?> head = first;
            if (head != null) {
                atMark.accept(reached());
                unlink(head);
            }
            return head;
        }
    }

    /**
     * Takes the first operation out that meets a condition.
     *
     * @param condition the condition, which is asked under the list's lock
     * @return the operation, which the caller owns now, or null if none meets the condition
     */
    public Operation<?> takeIf(Predicate<Operation<?>> condition) {
        Objects.requireNonNull(condition, "condition");
        synchronized (lock) {
            Operation<?> found = first;
            while (found != null && !condition.test(found)) {
                found = found.next;
            }
            if (found != null) {
                unlink(found);
            }
            return found;
        }
    }

    /**
     * Takes an operation out, wherever it is.
     *
     * @param operation the operation
     * @return true if it was in the list, and the caller owns it now
     */
    public boolean remove(Operation<?> operation) {
        Objects.requireNonNull(operation, "operation");
        synchronized (lock) {
            if (operation.list != this) {
                return false;
            }
            unlink(operation);
            return true;
        }
    }

    private void unlink(Operation<?> operation) {
        Operation<?> before = operation.previous;
        Operation<?> after = operation.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        operation.previous = null;
        operation.next = null;
        operation.list = null;
        size--;
    }

    /** Refuses further operations. Those that wait stay. */
    public void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    /** {@return whether the list was closed} */
    public boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** {@return whether no operation waits} */
    public boolean isEmpty() {
        return first == null;
    }

    /** {@return how many operations wait} */
    public int size() {
        return size;
    }

    /**
     * Marks the operations that were added up to now, for a drain.
     *
     * @return the mark
     */
    public long mark() {
        synchronized (lock) {
            return added;
        }
    }

    /**
     * {@return the mark before the first operation that waits} Operations that were added before it
     * have left the list, and none waits for its next part.
     */
    public long reached() {
        synchronized (lock) {
            long reached = first == null ? added : first.place;
            for (int i = 0; i < unfinished.size(); i++) {
                reached = Math.min(reached, unfinished.get(i).place);
            }
            return reached;
        }
    }
}
