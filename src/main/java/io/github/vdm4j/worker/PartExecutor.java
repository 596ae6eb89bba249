package io.github.vdm4j.worker;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.Division;
import io.github.vdm4j.jvm.ForcedOperations;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.jvm.TaskParts;
import io.github.vdm4j.jvm.TaskSequence;
import io.github.vdm4j.memory.Pins;
import io.github.vdm4j.trace.OperationTrace;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * The executor of long operations. All workers execute their parts. A worker takes such an
 * operation from the list and claims one part. The worker puts the operation back at the end of the
 * list before it executes the part. The next free worker therefore takes the next part, and shorter
 * operations run between the parts.
 *
 * <p>The executor also ends the operations that no worker executes because of a cancellation or a
 * close.
 */
public final class PartExecutor {
    /** The default threshold. One worker executes a shorter operation faster (docs/adr/0025). */
    public static final long USUALLY_FROM = 8 << 20;

    private final Workers workers;
    private final CallerExecutor kernels;
    private final ForcedOperations forced;
    private final long from;
    private volatile boolean stopping;

    /**
     * Creates an executor.
     *
     * @param workers the workers. They call {@link #work}
     * @param from the size in bytes from which an operation is executed in parts
     */
    public PartExecutor(Workers workers, CallerExecutor kernels, ForcedOperations forced,
            long from) {
        this.workers = workers;
        this.kernels = kernels;
        this.forced = forced;
        this.from = from;
    }

    public Workers workers() {
        return workers;
    }

    /**
     * Divides a long operation or batch and attaches its parts to it.
     *
     * @param operation an operation that was not handed over
     * @param part executes a part of one operation, or null for the JVM, see {@link Parts}
     * @param execution executes a task of a batch and writes its completion record
     * @param path the path of a batch
     * @return the parts, or null if the operation is executed as a whole
     */
    public Division divide(Operation<?> operation, Consumer<Operation<?>> part,
            Consumer<Operation<?>> execution, ExecutionPath path) {
        if (operation.byteSize() < from) {
            return null;
        }
        Division parts = operation.tasks() == null ? divide(operation, part)
                : TaskParts.divides(operation)
                        ? new TaskParts(operation, path, execution, task -> divide(task, part))
                        : null;
        if (parts != null) {
            operation.attach(parts);
        }
        return parts;
    }

    private Parts divide(Operation<?> operation, Consumer<Operation<?>> part) {
        return operation.byteSize() < from || !kernels.isDivisible(operation) ? null
                : new Parts(operation, part);
    }

    /**
     * Executes a part of an operation. The calling worker has taken the operation from the list.
     */
    public void work(Operation<?> operation, Division parts) {
        if (!parts.hasBegun()) {
            OperationTrace.workBegins(operation);
            if (kernels.isRefused(operation)) {
                forced.end(operation, null);
                return;
            }
        }
        int part = claim(parts);
        if (part < 0) {
            release(operation, parts);
            return;
        }
        if (parts.isOrdered()) {
            parts.execute(part);
            passOn(operation, parts);
        } else {
            passOn(operation, parts);
            parts.execute(part);
        }
        release(operation, parts);
    }

    private int claim(Division parts) {
        if (stopping) {
            parts.stop();
        }
        return parts.claim();
    }

    /** Passes the right to claim to the next worker. If no part is left, the right ends. */
    private void passOn(Operation<?> operation, Division parts) {
        if (parts.hasPartLeft()) {
            workers.putBack(operation);
        } else {
            parts.release(); // The caller has claimed a part and releases it later.
        }
    }

    private void release(Operation<?> operation, Division parts) {
        if (!parts.release()) {
            return;
        }
        OperationTrace.workEnds(operation);
        forced.end(operation, kernels.finish(operation, parts));
    }

    private static boolean hasBegun(Operation<?> operation) {
        return switch (operation.attachment()) {
            case null -> false;
            case Pins pins -> false;
            case TaskSequence batch -> ForcedOperations.hasBegun(operation);
            case Division parts -> parts.hasBegun();
            default -> true; // A device has begun the operation.
        };
    }

    /**
     * Cancels an operation that was handed over. Returns {@code true} if it had not begun. The
     * caller owns the operation in this case. Otherwise no further part of a divided operation
     * begins, and the operation ends with STOPPED after its current parts.
     */
    public boolean cancel(Operation<?> operation) {
        if (operation.attachment() instanceof Division parts) {
            return cancel(operation, parts);
        }
        boolean taken = !hasBegun(operation) && workers.pending.remove(operation);
        if (taken) {
            ForcedOperations.unpin(operation);
        }
        return taken;
    }

    private boolean cancel(Operation<?> operation, Division parts) {
        boolean taken = workers.pending.remove(operation);
        if (taken && !parts.hasBegun()) {
            parts.unpin();
            return true;
        }
        if (taken) {
            stop(operation, parts);
        } else {
            parts.stop();
        }
        return false;
    }

    /** Ends the operations that have not begun with CLOSED. Returns their number. */
    public int refusePending() {
        return workers.endPending(operation -> !hasBegun(operation), operation -> {
            ForcedOperations.unpin(operation);
            operation.failClosed();
            operation.complete();
        });
    }

    /**
     * {@linkplain #refusePending Refuses} and stops the operations that wait. Divided operations
     * that workers execute stop after their current parts.
     *
     * @param stuck receives the operations that workers still execute. They may have taken some
     *     after the deadline
     * @return the number of refused operations
     */
    public int stopAll(Collection<Operation<?>> stuck) {
        stopping = true;
        int refused = refusePending();
        workers.endPending(operation -> operation.attachment() instanceof Division,
                operation -> stop(operation, (Division) operation.attachment()));
        stuck.addAll(workers.atWork());
        return refused;
    }

    /** Stops an operation that has begun. The caller has taken it from the list. */
    private void stop(Operation<?> operation, Division parts) {
        parts.stop();
        release(operation, parts);
    }
}
