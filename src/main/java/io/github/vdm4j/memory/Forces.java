package io.github.vdm4j.memory;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The forces that an operation waits for: one range of a single operation, or the ranges of a
 * batch's tasks up to a fence. Each force is shared with other operations on the file, through its
 * {@link ForceQueue}.
 */
public final class Forces {
    private final Durability durability;
    private final AtomicInteger left = new AtomicInteger();
    private ForceRequest first;
    private int count;
    private boolean pinned;
    private volatile Operation<?> waiting;
    private BiConsumer<Operation<?>, Forces> whenForced;
    private Thread waiter;
    private volatile boolean forced;

    /**
     * Creates an empty list.
     *
     * @param durability the engines of the mover
     */
    public Forces(Durability durability) {
        this.durability = durability;
    }

    /**
     * Adds a range whose bytes were written.
     *
     * @param operation the operation or the task of a batch; if the force fails, its completion
     *     record says so
     * @param range the range of a mapped file, not empty
     */
    public void add(Operation<?> operation, MemorySegment range) {
        MemoryRegion region = MemoryRegions.find(range);
        MappedFile file = region != null ? region.file() : BareMappings.of(range);
        first = new ForceRequest(this, operation, range, region, file, first);
        count++;
    }

    /**
     * Returns whether there is nothing to force.
     *
     * @return true if no range was added
     */
    public boolean isEmpty() {
        return count == 0;
    }

    /**
     * Returns the operation that waits for the forces.
     *
     * @return the operation
     */
    public Operation<?> operation() {
        return waiting;
    }

    Durability durability() {
        return durability;
    }

    /**
     * Queues the requests and returns. The caller has pinned the buffers and may unpin them
     * afterwards: each request keeps its own buffer open.
     *
     * @param operation the operation that waits for all ranges; it was handed over
     * @param then called with the operation when all ranges have been forced or have failed, and
     *     the completion records say so
     */
    public void submit(Operation<?> operation, BiConsumer<Operation<?>, Forces> then) {
        waiting = operation;
        whenForced = then;
        pin();
        ForceRequest mine = first; // the thread that ends the last request empties the list
        push(mine);
        Seam.at("push and serve");
        for (ForceRequest each = mine; each != null; each = each.following) {
            each.file.forces().serve(false);
        }
    }

    /**
     * Forces the ranges before it returns, for a mover that executes operations on the calling
     * thread. The calling thread forces what is confined to it. It leads the group that holds its
     * own request if no other thread leads. A virtual thread does not lead.
     */
    public void await() {
        waiting = null;
        whenForced = null;
        waiter = Thread.currentThread();
        pin();
        ForceRequest mine = first;
        if (!isAccessibleByStranger()) {
            ForceGroup.ofOwner(mine, count).forceAlone();
        } else {
            boolean mayLead = !waiter.isVirtual();
            push(mine);
            for (ForceRequest each = mine; each != null && !forced; each = each.following) {
                each.file.forces().serve(mayLead);
            }
        }
        boolean interrupted = false;
        while (!forced) {
            Seam.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            waiter.interrupt();
        }
    }

    /** All of them before the first is served, so that they share a force. */
    private static void push(ForceRequest mine) {
        for (ForceRequest each = mine; each != null; each = each.following) {
            each.file.forces().push(each);
        }
    }

    private boolean isAccessibleByStranger() {
        for (ForceRequest each = first; each != null; each = each.following) {
            if (!each.range.isAccessibleBy(LibraryThread.stranger())) {
                return false;
            }
        }
        return true;
    }

    /** Keeps the buffers open until the forces have ended, also if the caller unpins them. */
    public void pin() {
        if (pinned) {
            return;
        }
        pinned = true;
        forced = false;
        left.set(count);
        for (ForceRequest each = first; each != null; each = each.following) {
            if (each.region != null) {
                each.region.pinAgain();
            }
        }
    }

    /** One of the requests was forced or has failed. */
    void ended() {
        if (left.decrementAndGet() == 0) {
            finish();
        }
    }

    private void finish() {
        ForceRequest mine = first;
        first = null;
        count = 0;
        pinned = false;
        for (ForceRequest each = mine; each != null; each = each.following) {
            if (each.region != null) {
                each.region.unpin();
            }
            if (each.failure != null) {
                record(each.operation, each.failure);
            }
        }
        BiConsumer<Operation<?>, Forces> then = whenForced;
        if (then != null) {
            then.accept(waiting, this);
            return;
        }
        Thread thread = waiter;
        forced = true;
        Seam.unpark(thread);
    }

    private static void record(Operation<?> operation, Throwable failure) {
        if (failure instanceof Exception e) {
            operation.failWriteBack(operation.executedBy(), e);
        } else {
            operation.failWith(failure);
        }
    }
}
