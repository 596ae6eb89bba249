package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.ForcedOperations;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.trace.OperationTrace;
import java.util.List;

/**
 * Executes long operations on all workers. A worker that takes such an operation from the list
 * claims one part and puts the operation back at the end of the list, before it executes the part.
 * So the next free worker takes the next part, and shorter operations take their turns between the
 * parts.
 */
public final class PartExecutor {
    /** Below this, one worker is sooner (docs/adr/0025). */
    public static final long USUALLY_FROM = 8 << 20;

    private final Workers workers;
    private final CallerExecutor kernels;
    private final ForcedOperations forced;
    private final long from;

    /**
     * Creates an executor.
     *
     * @param workers the workers, whose work calls {@link #work}
     * @param kernels what executes the parts
     * @param forced what ends operations
     * @param from from how many bytes on an operation is executed in parts
     */
    public PartExecutor(Workers workers, CallerExecutor kernels, ForcedOperations forced,
            long from) {
        this.workers = workers;
        this.kernels = kernels;
        this.forced = forced;
        this.from = from;
    }

    /**
     * Divides a long operation and attaches its parts to it.
     *
     * @param operation an operation that was not handed over yet
     * @return the parts, or null if the operation is executed as a whole
     */
    public Parts divide(Operation<?> operation) {
        if (operation.byteSize() < from || !kernels.isDivisible(operation)) {
            return null;
        }
        var parts = new Parts(operation);
        operation.attach(parts);
        return parts;
    }

    /**
     * Executes a part of an operation that the calling worker has taken from the list.
     *
     * @param operation the operation
     * @param parts its parts
     */
    public void work(Operation<?> operation, Parts parts) {
        if (!parts.haveBegun()) {
            OperationTrace.workBegins(operation);
            if (kernels.isRefused(operation)) {
                end(operation, null);
                return;
            }
        }
        int part = parts.claim();
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

    /** Passes the right to claim to the next worker, or ends it. */
    private void passOn(Operation<?> operation, Parts parts) {
        if (parts.anyLeft()) {
            try {
                workers.putBack(operation);
                return;
            } catch (OutOfMemoryError e) { // the list could not grow
                parts.fail(e);
            }
        }
        parts.release(); // never the last reference: the caller has claimed a part
    }

    private void release(Operation<?> operation, Parts parts) {
        if (!parts.release()) {
            return;
        }
        OperationTrace.workEnds(operation);
        end(operation, kernels.finish(operation, parts));
    }

    private void end(Operation<?> operation, Forces forces) {
        workers.forget(operation);
        forced.end(operation, forces);
    }

    /**
     * Cancels an operation that was handed over. If a part of it has begun, no further part begins,
     * and the operation ends with STOPPED when the parts that were begun are done.
     *
     * @param operation the operation
     * @param parts its parts
     * @return true if no part has begun, and the caller owns the operation now
     */
    public boolean cancel(Operation<?> operation, Parts parts) {
        boolean taken = workers.takeBack(operation);
        if (taken && !parts.haveBegun()) {
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

    /**
     * Stops the operations that wait for their next part, after {@link Workers#endPending} has ended
     * those that have not begun.
     *
     * @param atWork the operations that workers execute, which stop after their current parts
     */
    public void stopAll(List<Operation<?>> atWork) {
        for (Operation<?> operation : atWork) {
            if (operation.attachment() instanceof Parts parts) {
                parts.stop();
            }
        }
        workers.endPending(operation -> operation.attachment() instanceof Parts,
                operation -> stop(operation, (Parts) operation.attachment()));
    }

    /**
     * Stops an operation that has begun and that the caller has taken from the list.
     */
    private void stop(Operation<?> operation, Parts parts) {
        parts.stop();
        release(operation, parts);
    }
}
