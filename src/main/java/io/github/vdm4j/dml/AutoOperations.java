package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.execution.Access;
import io.github.vdm4j.execution.JvmFailures;
import io.github.vdm4j.execution.Pins;
import io.github.vdm4j.execution.TaskSequence;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.kernel.JvmOperations;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.CompletionRecord;
import io.github.vdm4j.operation.Descriptor;
import java.util.List;

/**
 * The data operations and batches that AUTO leaves to the JVM where no hardware runs, because it
 * does them sooner than DML's software path: measured, see docs/adr/0020.
 *
 * @param moves how long copies and fills may be
 * @param operations the longest operation that the JVM executes, bytes; 0 for none
 * @param polled the longest that is executed in a poll, and by no worker, bytes
 */
record AutoOperations(AutoMoves moves, long operations,
        long polled) implements TaskSequence.Execution {
    // Longer ones are sooner done by DML: measured.
    private static final long COMPARISON = 4 << 10;
    private static final long NEW_DELTA = 1 << 10;
    private static final long DUALCAST = 16 << 10;

    /**
     * Tells whether the JVM executes an operation that DML's jobs and workers see through: because
     * it is long, or durable.
     */
    boolean takesFromDml(Descriptor what) {
        return what.byteSize() <= operations && switch (what.type()) {
            case CRC, COPY_CRC, DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE -> true;
            default -> false;
        };
    }

    /** Tells whether the JVM executes an operation, in the poll that starts it. */
    boolean takes(Descriptor what) {
        long bytes = what.byteSize();
        return bytes > 0 && bytes <= polled && bytes <= longest(what.type()) && !what.isDurable();
    }

    private long longest(VdmOperationType type) {
        return switch (type) {
            case CRC, COPY_CRC, DELTA_APPLY, DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                operations;
            case FILL -> Math.min(moves.fills(), operations);
            case DUALCAST -> Math.min(DUALCAST, operations);
            case COMPARE, COMPARE_PATTERN -> Math.min(COMPARISON, operations);
            case DELTA_CREATE -> Math.min(NEW_DELTA, operations);
            case MEMCPY, MEMMOVE -> moves.copies();
            case MEMSET -> moves.fills();
            default -> 0;
        };
    }

    /** Tells whether the JVM executes a batch: if it would execute each task. */
    boolean takes(List<BatchTask> tasks, long bytes) {
        if (operations == 0 || bytes > polled) {
            return false;
        }
        for (int i = 0; i < tasks.size(); i++) {
            Descriptor what = tasks.get(i).descriptor();
            if (!takes(what) && (what.byteSize() > 0 || what.isDurable())) {
                return false;
            }
        }
        return true;
    }

    /** The whole operation, on the calling thread. */
    FutureState execute(DmlDataFuture<?> future, Descriptor what, CompletionRecord completion) {
        Access.require(what);
        if (MemoryRegions.any()) {
            return executePinned(future, what, completion);
        }
        execute(what, completion);
        return future.executed();
    }

    private FutureState executePinned(DmlDataFuture<?> future, Descriptor what,
            CompletionRecord completion) {
        Pins pins = future.pins();
        if (!pins.pin(what)) {
            return DmlFailures.bufferClosed(future);
        }
        try {
            execute(what, completion);
        } finally {
            pins.unpin();
        }
        return future.executed();
    }

    /** The whole batch, on the calling thread. */
    FutureState execute(DmlBatchFuture future) {
        TaskSequence sequence = future.sequence();
        String reason = sequence.pin();
        if (reason != null) {
            return DmlFailures.notStarted(future, reason);
        }
        try {
            sequence.execute(this);
        } finally {
            sequence.unpin();
        }
        return future.succeeded(ExecutionPath.JVM);
    }

    @Override
    public void execute(Descriptor what, CompletionRecord completion) {
        try {
            JvmOperations.execute(what, completion);
            JvmFailures.deliver(what);
            if (what.byteSize() == 0 && what.type() != VdmOperationType.NOP) {
                completion.succeed(ExecutionPath.NONE, completion.value(), completion.outcome());
            }
        } catch (Throwable e) {
            JvmFailures.note(what, completion, e);
        }
    }
}
