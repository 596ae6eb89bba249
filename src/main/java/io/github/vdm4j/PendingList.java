package io.github.vdm4j;

import io.github.vdm4j.machine.Seam;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The operations of a mover that wait for capacity, first in, first out. The operation itself is
 * the node of the list, because waiting must not allocate.
 *
 * <p>A thread that takes an operation from the list owns it. The thread is a worker that executes
 * it, a thread that cancels it, or a thread in {@code close}. No user code, native call or
 * allocation runs under the list's lock.
 */
public final class PendingList {
    private final Object lock = new Object();
    /** Written under the lock. All threads read it. */
    private volatile Operation<?> first;
    // Guarded by the lock.
    private Operation<?> last;
    private int size;
    private boolean closed;

    /** Creates an empty list. */
    public PendingList() {}

    /**
     * Adds an operation at the end. An addition to an empty list is a volatile write. A thread that
     * reads {@link #isEmpty} after a volatile write therefore sees the operation, or the adding
     * thread sees that write.
     *
     * @param operation an operation that was handed over
     * @param most the largest number of waiting operations
     * @return {@code true} if the operation was added. It is {@code false} if the list is closed or
     *     full
     */
    public boolean add(Operation<?> operation, int most) {
        Objects.requireNonNull(operation, "operation");
        synchronized (lock) {
            if (closed || size >= most) {
                return false;
            }
            link(operation);
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
     * Adds an operation with remaining parts at the end again. A closed or full list accepts it,
     * too.
     *
     * @param operation an operation from the list that the caller owns
     */
    public void putBack(Operation<?> operation) {
        Objects.requireNonNull(operation, "operation");
        synchronized (lock) {
            link(operation);
        }
    }

    /**
     * Takes the first operation out.
     *
     * @return the operation, or null if no operation waits. The caller owns the operation
     */
    public Operation<?> take() {
        if (first == null) {
            return null;
        }
        Seam.step();
        synchronized (lock) {
            // The first use of a lambda would allocate. The caller may hold a slot in a full heap.
            Operation<?> found = first;
            if (found != null) {
                unlink(found);
            }
            return found;
        }
    }

    /**
     * Takes the first operation out. If it is short, the method also takes the short operations
     * behind it, but only one thread's share.
     *
     * @param into receives the operations, in order. The caller owns them
     * @param threads the number of threads that take operations, 1 or more
     * @param isShort returns whether an operation is short. The method calls it under the list's
     *     lock
     * @param onlyShort whether the method takes no operation if the first is not short
     * @return the number of operations
     */
    public int take(Operation<?>[] into, int threads, Predicate<Operation<?>> isShort,
            boolean onlyShort) {
        Objects.requireNonNull(into, "into");
        Objects.requireNonNull(isShort, "isShort");
        if (first == null) {
            return 0;
        }
        Seam.step();
        synchronized (lock) {
            Operation<?> head = first;
            if (head == null) {
                return 0;
            }
            boolean alone = !isShort.test(head);
            int share = !alone ? Math.min(into.length, 1 + (size - 1) / threads)
                    : onlyShort ? 0 : 1;
            int count = 0;
            while (count < share && (alone || isShort.test(head))) {
                unlink(head);
                into[count++] = head;
                head = first;
            }
            return count;
        }
    }

    /**
     * Takes the first operation that meets a condition.
     *
     * @param condition the condition. The method checks it under the list's lock
     * @return the operation, or null if no operation meets the condition. The caller owns the
     *     operation
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
     * Takes an operation from any place.
     *
     * @param operation the operation
     * @return {@code true} if it was in the list. The caller owns the operation in this case
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

    /** Refuses further operations. The waiting operations stay in the list. */
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

    /** {@return the number of waiting operations} */
    public int size() {
        synchronized (lock) {
            return size;
        }
    }
}
