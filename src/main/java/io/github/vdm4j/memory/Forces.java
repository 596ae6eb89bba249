package io.github.vdm4j.memory;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The forces that an operation waits for. A single operation has one or two ranges. A batch has the
 * ranges of its tasks up to a fence. Operations on the same file share forces through its {@link
 * ForceQueue}.
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

    Forces(Durability durability) {
        this.durability = durability;
    }

    /**
     * Adds a range of a mapped file after its bytes were written. The range is not empty. The
     * completion record of the operation or task receives a failure of the force.
     */
    void add(Operation<?> operation, MemorySegment range) {
        MemoryRegion region = MemoryRegions.find(range);
        MappedFile file = region != null ? region.file() : BareMappings.of(range);
        first = new ForceRequest(this, operation, range, region, file, first);
        count++;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public Operation<?> operation() {
        return waiting;
    }

    Durability durability() {
        return durability;
    }

    /**
     * Queues the requests and returns. The caller has pinned the buffers and may unpin them after
     * this call, because each request keeps its buffer open. The waiting operation was detached
     * from pollers. The action runs after all forces have ended. The completion records then
     * contain the failures. If {@code here} is true, the calling thread may force if no other
     * operation waits for the force.
     */
    public void submit(Operation<?> operation, BiConsumer<Operation<?>, Forces> then,
            boolean here) {
        waiting = operation;
        whenForced = then;
        pin();
        // a copy, because the thread that ends the last request clears the list
        ForceRequest mine = first;
        int all = count;
        push(mine);
        Seam.step();
        if (here && mine.file.forces.serveAlone(this, all)) {
            return;
        }
        for (ForceRequest each = mine; each != null; each = each.following) {
            each.file.forces.serve(false);
        }
    }

    /**
     * Forces the ranges. Returns when all forces have ended. A mover that executes operations on
     * the calling thread calls this. The calling thread forces ranges that are confined to it. If
     * no other thread leads, the calling thread leads the group with its own request. A virtual
     * thread does not lead.
     */
    public void await() {
        waiting = null;
        whenForced = null;
        waiter = Thread.currentThread();
        pin();
        ForceRequest mine = first;
        if (!isAccessibleByOtherThreads()) {
            ForceGroup.forceAlone(mine);
        } else {
            boolean mayLead = !waiter.isVirtual();
            push(mine);
            for (ForceRequest each = mine; each != null && !forced; each = each.following) {
                each.file.forces.serve(mayLead);
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

    /** Queues all requests before the first force, because requests in the queue share a force. */
    private static void push(ForceRequest mine) {
        for (ForceRequest each = mine; each != null; each = each.following) {
            each.file.forces.push(each);
        }
    }

    private boolean isAccessibleByOtherThreads() {
        for (ForceRequest each = first; each != null; each = each.following) {
            if (!each.range.isAccessibleBy(LibraryThread.foreignThread())) {
                return false;
            }
        }
        return true;
    }

    /** Keeps the buffers open until the forces have ended, even if the caller unpins them. */
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

    /** Counts a request that was forced or has failed. The method throws nothing. */
    void ended() {
        if (left.decrementAndGet() == 0) {
            try {
                finish();
            } catch (Throwable e) {
                LibraryThread.report(e);
            }
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
        LibraryThread.unpark(thread);
    }

    private static void record(Operation<?> operation, Throwable failure) {
        Throwable broken = failure;
        if (failure instanceof Exception e) {
            try {
                operation.failWriteBack(operation.executedBy(), e);
                return;
            } catch (Throwable full) {
                broken = full;
            }
        }
        operation.failWith(broken);
    }
}
