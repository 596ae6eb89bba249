package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.Pins;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The operations of an asynchronous mover that need a force. A {@link CallerExecutor} executes
 * them, and threads of the library force the files. The object keeps a list of the operations that
 * wait for a force.
 */
public final class ForcedOperations {
    private static final long LOOK_NANOS = 1_000_000;

    private final CallerExecutor kernels;
    private final Consumer<Operation<?>> workers;
    /** A field, because a new object for each operation would be an allocation. */
    private final BiConsumer<Operation<?>, Forces> whenForced = this::forced;

    private final Set<Forces> waiting = ConcurrentHashMap.newKeySet();

    /** Creates an empty list. The consumer continues a batch behind a fence on another thread. */
    public ForcedOperations(CallerExecutor kernels, Consumer<Operation<?>> workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    /**
     * Keeps the buffers open until {@link #execute} has ended the operation. Returns the reason why
     * a buffer cannot be kept open, or null.
     */
    public static String pin(Operation<?> operation) {
        if (operation.tasks() != null) {
            return CallerExecutor.sequenceOf(operation).pin();
        }
        if (!MemoryRegions.any()) {
            operation.attach(null);
            return null;
        }
        Pins pins = operation.attachment() instanceof Pins earlier ? earlier : new Pins();
        operation.attach(pins);
        return pins.pin(operation);
    }

    /** Releases the buffers that {@link #pin} keeps open. */
    public static void unpin(Operation<?> operation) {
        if (operation.attachment() instanceof Pins pins) {
            pins.unpin();
        } else if (operation.attachment() instanceof TaskSequence sequence) {
            sequence.unpin();
        } else if (operation.attachment() instanceof Division parts) {
            parts.unpin();
        }
    }

    /** Returns whether an operation is a batch that has executed tasks and waits to continue. */
    public static boolean hasBegun(Operation<?> operation) {
        return begun(operation) != null;
    }

    private static Forces begun(Operation<?> operation) {
        return operation.attachment() instanceof TaskSequence batch ? batch.forces() : null;
    }

    /**
     * Executes an operation on the calling thread, except for its forces.
     *
     * @param detached whether the operation was handed over
     * @return the state of the operation, or null if it was handed over
     */
    public FutureState start(Operation<?> operation, boolean detached) {
        String reason = pin(operation);
        if (reason != null) {
            return CallerExecutor.failUnpinned(operation, reason);
        }
        Forces forces;
        try {
            forces = kernels.execute(operation);
        } catch (Throwable e) {
            unpin(operation);
            throw e;
        }
        if (forces == null) {
            unpin(operation);
            return FutureState.COMPLETE;
        }
        // It is false after the operation was handed over.
        boolean here = operation.mayBlockCaller();
        if (!detached) {
            operation.handOver();
        }
        submit(operation, forces, here);
        return null;
    }

    /**
     * Executes or continues an operation that was handed over and pinned. The method then
     * completes the operation or queues its forces.
     */
    public void execute(Operation<?> operation) {
        Forces begun = begun(operation);
        Forces forces;
        try {
            forces = kernels.execute(operation);
        } catch (Throwable e) {
            unpin(operation);
            operation.completeBroken(e);
            remove(begun);
            return;
        }
        end(operation, forces);
        if (forces == null) {
            remove(begun);
        }
    }

    /**
     * Completes an operation after its completion record is written. If the operation needs forces,
     * the method queues them first.
     *
     * @param operation an operation that was handed over and pinned
     * @param forces the forces that it needs, or null
     */
    public void end(Operation<?> operation, Forces forces) {
        if (forces != null) {
            submit(operation, forces, false);
        } else {
            unpin(operation);
            operation.complete();
        }
    }

    private void forced(Operation<?> operation, Forces forces) {
        if (operation.attachment() instanceof TaskSequence batch) {
            if (batch.hasTasksLeft()) {
                workers.accept(operation);
            } else {
                execute(operation); // This only ends the batch, because no task is left.
            }
            return;
        }
        unpin(operation);
        operation.complete();
        Seam.step();
        remove(forces);
    }

    /**
     * Queues the forces of an operation that was handed over, and returns.
     *
     * @param here whether the calling thread may force
     */
    public void submit(Operation<?> operation, Forces forces, boolean here) {
        list(forces);
        Seam.step();
        forces.submit(operation, whenForced, here);
    }

    /** Makes {@link #await} wait for forces. {@link #submit} follows. */
    public void list(Forces forces) {
        try {
            waiting.add(forces);
        } catch (Throwable e) { // close() does not wait for this operation.
            LibraryThread.report(e);
        }
    }

    /** Removes an operation that has ended from the list. Its forces can be null. */
    private void remove(Forces forces) {
        if (forces != null) {
            waiting.remove(forces);
        }
    }

    /**
     * Waits until no operation waits for a force.
     *
     * @param deadline the value of {@link Seam#nanoTime} at which the wait ends
     * @return the operations that still wait at the deadline
     */
    public List<Operation<?>> await(long deadline) {
        boolean interrupted = false;
        boolean late = false;
        while (!late && !waiting.isEmpty()) {
            Seam.parkNanos(this, LOOK_NANOS);
            interrupted |= Thread.interrupted();
            late = Seam.nanoTime() - deadline >= 0;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!late) {
            return List.of(); // An operation that has joined since then is not late.
        }
        return waiting.stream()
                .<Operation<?>>map(Forces::operation)
                .filter(Objects::nonNull)
                .toList();
    }
}
