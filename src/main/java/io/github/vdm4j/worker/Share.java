package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.function.Predicate;

/** The operations that a thread has taken from the list of {@link Workers}. */
abstract class Share {
    /**
     * The most operations in a share. Neighbours in the list often use neighbouring memory. If two
     * processors alternate between neighbours, they wait for each other's cache lines
     * (docs/adr/0030).
     */
    private static final int MOST = 64;

    private static final VarHandle CURRENT;
    private static final VarHandle TAKEN = MethodHandles.arrayElementVarHandle(Operation[].class);

    static {
        try {
            CURRENT = MethodHandles.lookup()
                    .findVarHandle(Share.class, "current", Operation.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Workers pool;
    // After a throwable of the work, the thread continues its operations.
    /** The operations that the thread has taken and not begun, from {@link #done} on. */
    private final Operation<?>[] taken = new Operation<?>[MOST];
    private int count;
    private int done;
    // The writes have release semantics, because a fence for each operation is expensive.
    /** The operation that the thread executes. */
    volatile Operation<?> current;

    Share(Workers pool) {
        this.pool = pool;
    }

    /**
     * Takes the next operations. Spinning threads do not take the list's lock while the list is
     * empty.
     */
    final boolean take(int threads, Predicate<Operation<?>> isShort, boolean onlyShort) {
        if (pool.pending.isEmpty()) {
            return false;
        }
        done = 0;
        count = pool.pending.take(taken, threads, isShort, onlyShort);
        return count > 0;
    }

    final int left() {
        return count - done;
    }

    final void executeRest() {
        while (done < count) {
            Operation<?> next = taken[done];
            CURRENT.setRelease(this, next);
            TAKEN.setRelease(taken, done++, (Operation<?>) null);
            Seam.step();
            pool.work.accept(next);
        }
    }

    /** Adds the operations that the thread has taken and not ended. Any thread may call this. */
    final void addTo(Set<Operation<?>> all) {
        // An operation becomes the current operation before it leaves the array.
        for (int i = 0; i < MOST; i++) {
            all.add((Operation<?>) TAKEN.getAcquire(taken, i));
        }
        all.add(current);
    }

    final void endCurrent() {
        Seam.step();
        CURRENT.setRelease(this, null);
    }
}
