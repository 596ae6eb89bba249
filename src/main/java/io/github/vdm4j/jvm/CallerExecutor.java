package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.jvm.TaskSequence.TaskExecution;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Durability.Refusal;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.Pins;
import io.github.vdm4j.memory.WriteBackKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The executor that runs each operation with the JVM's kernels in the first poll, on the calling
 * thread. Further executors use it for the operations that the JVM executes.
 */
public final class CallerExecutor implements VdmExecutor {
    /**
     * The bytes of the longest durable operation on a file that a poll copies. Most of the time
     * passes in page faults (docs/adr/0024).
     */
    public static final long LONGEST_IN_POLL = 32L << 10;

    /** The same for a thread that awaits the operation. A worker would be an additional wait. */
    private static final long LONGEST_IN_AWAIT = 64L << 10;

    private static final long SHORT = 4L << 10;

    /** The bytes of the longest copy or fill that takes only some microseconds. */
    private static final long BRIEF = 64L << 10;

    private final MoveFunctions functions;
    private final Durability durability;
    /** A field, because a new object for each batch would be an allocation. */
    private final TaskExecution eachTask = this::executeSingle;

    public CallerExecutor(MoveFunctions functions, Durability durability) {
        this.functions = functions;
        this.durability = durability;
    }

    @Override
    public FutureState start(Operation<?> operation) {
        if (isSingleMove(operation) && !MemoryRegions.any()) {
            return startMove(operation);
        }
        if (operation.type() == VdmOperationType.BATCH) {
            return startBatch(operation, eachTask);
        }
        operation.requireAccess();
        MemoryRegion destination = MemoryRegions.find(operation.destination());
        MemoryRegion source = MemoryRegions.find(operation.source());
        MemoryRegion second = MemoryRegions.find(operation.second());
        if (!MemoryRegions.pin(destination, source, second)) {
            return failBufferClosed(operation);
        }
        try {
            Forces forces = executeSingle(operation, null);
            if (forces != null) {
                forces.await();
            }
        } finally {
            MemoryRegions.unpin(destination, source, second);
        }
        return FutureState.COMPLETE;
    }

    /**
     * Executes a copy or a fill with the JDK's functions. They check the segments before they move
     * a byte. The caller has pinned the buffers, or no region is registered.
     *
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public static FutureState startMove(Operation<?> operation) {
        MemorySegment to = operation.destination();
        MemorySegment from = operation.source();
        long bytes = to.byteSize();
        if (bytes == 0) {
            operation.requireAccess(); // The JDK does not check the segments of an empty copy.
            return operation.succeed(ExecutionPath.NONE);
        }
        try {
            if (from != null) {
                MemorySegment.copy(from, 0, to, 0, bytes);
            } else {
                PatternKernel.fill(to, operation.fillByte());
            }
            JvmFailures.deliver(operation);
        } catch (WrongThreadException e) {
            throw e;
        } catch (Throwable e) {
            JvmFailures.record(operation, e, 0);
            return FutureState.COMPLETE;
        }
        return operation.succeed(ExecutionPath.JVM);
    }

    @Override
    public boolean isBrief(Operation<?> operation) {
        return functions == MoveFunctions.STANDARD && isBriefMove(operation);
    }

    /** Returns whether the standard functions execute an operation in some microseconds. */
    public static boolean isBriefMove(Operation<?> operation) {
        return operation.isPlainMove() && operation.byteSize() <= BRIEF;
    }

    /** Returns whether the JDK executes an operation as a whole, without a user's function. */
    private boolean isSingleMove(Operation<?> operation) {
        return operation.isPlainMove() && functions == MoveFunctions.STANDARD
                && operation.byteSize() <= Parts.BYTES;
    }

    /**
     * Returns whether an operation is short. A worker executes a batch of short operations in less
     * time than the wake-up of a thread takes. A short operation calls no function of a user.
     */
    public boolean isShort(Operation<?> operation) {
        return operation.byteSize() <= SHORT && isSingleMove(operation);
    }

    /** Executes the tasks of a batch on the calling thread, in order. */
    public static FutureState startBatch(Operation<?> batch, TaskExecution eachTask) {
        TaskSequence sequence = sequenceOf(batch);
        String reason = sequence.pin();
        if (reason != null) {
            return failUnpinned(batch, reason);
        }
        try {
            for (Forces forces = executeTasks(batch, eachTask); forces != null;
                    forces = executeTasks(batch, eachTask)) {
                forces.await();
            }
        } finally {
            sequence.unpin();
        }
        return FutureState.COMPLETE;
    }

    /** Returns the sequence of a batch's tasks. It stays attached to the batch. */
    public static TaskSequence sequenceOf(Operation<?> batch) {
        if (batch.attachment() instanceof TaskSequence known) {
            return known;
        }
        var sequence = new TaskSequence(batch);
        batch.attach(sequence);
        return sequence;
    }

    /** Fails an operation on a buffer that was closed before the operation started. */
    public static FutureState failBufferClosed(Operation<?> operation) {
        return failUnpinned(operation, Pins.CLOSED);
    }

    /** Fails an operation whose buffers could not be {@linkplain Pins#pin pinned}. */
    public static FutureState failUnpinned(Operation<?> operation, String reason) {
        return operation.fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, reason, null);
    }

    /**
     * Executes an operation and writes its completion record. For a batch, the method executes the
     * tasks up to a fence that needs a force. The caller has pinned the buffers.
     *
     * @return the forces that the operation needs, or null if the operation has ended. After the
     *     forces of a batch, a further call continues it.
     */
    public Forces execute(Operation<?> operation) {
        return operation.type() == VdmOperationType.BATCH
                ? executeTasks(operation, eachTask)
                : executeSingle(operation, null);
    }

    private static Forces executeTasks(Operation<?> batch, TaskExecution eachTask) {
        Forces forces = sequenceOf(batch).execute(eachTask);
        if (forces == null) {
            batch.succeed(ExecutionPath.JVM);
        }
        return forces;
    }

    /**
     * Returns whether an operation copies so few bytes before its force that the calling thread may
     * execute it.
     *
     * @return {@code true} for a flush of a mapped file, a short durable operation, and a short
     *     batch that contains such a task
     */
    public boolean isShortBeforeForce(Operation<?> operation) {
        long longest = operation.mayBlockCaller() ? LONGEST_IN_AWAIT : LONGEST_IN_POLL;
        List<Operation<?>> tasks = operation.tasks();
        if (tasks == null) {
            return isShortSingle(operation, longest);
        }
        if (operation.byteSize() <= longest) {
            for (int i = 0; i < tasks.size(); i++) { // An iterator would be an allocation.
                if (isShortSingle(tasks.get(i), longest)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isShortSingle(Operation<?> operation, long longest) {
        return operation.isDurable()
                && (operation.type() == VdmOperationType.FLUSH
                        || functions == MoveFunctions.STANDARD && operation.byteSize() <= longest)
                && durability.kindOf(operation.destination()) == WriteBackKind.PAGES;
    }

    private Forces executeSingle(Operation<?> operation, Forces earlier) {
        try {
            if (isSingleMove(operation)) {
                startMove(operation);
                return earlier;
            }
            return run(operation, earlier);
        } catch (Throwable e) {
            JvmFailures.record(operation, e, 0);
            return earlier;
        }
    }

    /** Executes an operation. Returns the earlier forces and the forces of the operation. */
    private Forces run(Operation<?> operation, Forces earlier) {
        if (isRefused(operation)) {
            return earlier;
        }
        if (isDivisible(operation) && operation.byteSize() > Parts.BYTES) {
            new Parts(operation, null).executeAll();
        } else {
            move(operation);
            JvmFailures.deliver(operation);
        }
        return makeDurable(operation, earlier);
    }

    /** Writes back after the bytes were moved. Without a byte, the operation succeeds. */
    private Forces makeDurable(Operation<?> operation, Forces earlier) {
        if (operation.isDurable() && operation.recordedResult() == VdmResult.SUCCESS
                && operation.destination().byteSize() > 0) {
            return writeBack(operation, earlier);
        }
        if (isEmpty(operation)) {
            operation.succeed(ExecutionPath.NONE);
        }
        return earlier;
    }

    /**
     * Returns whether an operation can be executed in {@link Parts}. An operation with a user's
     * function cannot, because the function is called once with the whole range.
     */
    public boolean isDivisible(Operation<?> operation) {
        return Parts.divides(operation) && (functions == MoveFunctions.STANDARD
                || operation.type().ordinal() > VdmOperationType.MEMSET.ordinal());
    }

    /**
     * Refuses a durable operation if the JVM cannot make its destination durable. The caller calls
     * this before the first part.
     */
    public boolean isRefused(Operation<?> operation) {
        try {
            Refusal refusal = durability.refusal(operation, false);
            if (refusal != null) {
                operation.fail(ExecutionPath.NONE, refusal.result(), null, refusal.reason(), null);
            }
            return refusal != null;
        } catch (Throwable e) {
            JvmFailures.record(operation, e, 0);
            return true;
        }
    }

    /**
     * Writes the completion record of an operation after its parts were executed. Returns the
     * forces that it needs, or null.
     */
    public Forces finish(Operation<?> operation, Division parts) {
        try {
            parts.record();
            return operation.tasks() == null ? makeDurable(operation, null) : null;
        } catch (Throwable e) {
            JvmFailures.record(operation, e, parts.bytesDone());
            return null;
        }
    }

    /** Returns whether this executor can make the destinations of an operation durable. */
    public boolean canMakeDurable(Operation<?> operation) {
        Refusal refusal = durability.refusal(operation, false);
        return refusal == null || refusal.result() != VdmResult.UNSUPPORTED;
    }

    /** Returns whether an operation moves no bytes. Then no kernel writes its result. */
    private static boolean isEmpty(Operation<?> operation) {
        MemorySegment destination = operation.destination();
        return operation.byteSize() == 0
                && operation.type() != VdmOperationType.NOP
                && operation.type() != VdmOperationType.DRAIN
                && (destination == null || destination.byteSize() == 0
                        || operation.secondSource() != null);
    }

    private void move(Operation<?> operation) {
        MemorySegment to = operation.destination();
        VdmOperationType type = operation.type();
        if (functions == MoveFunctions.STANDARD
                || type.ordinal() > VdmOperationType.MEMSET.ordinal()
                || to.byteSize() == 0) {
            JvmOperations.execute(operation);
            return;
        }
        switch (type) {
            case MEMCPY -> functions.memcpy().copy(to, operation.source(), operation.flags());
            case MEMMOVE -> functions.memmove().copy(to, operation.source(), operation.flags());
            default -> functions.memset().fill(to, operation.fillByte(), operation.flags());
        }
        operation.succeed(ExecutionPath.JVM);
    }

    /** Determines the kinds again, because the file may have failed since the first part. */
    private Forces writeBack(Operation<?> operation, Forces earlier) {
        MemorySegment first = operation.destination();
        MemorySegment second = operation.secondDestination();
        WriteBackKind firstKind = durability.kindOf(first);
        WriteBackKind secondKind = second == null ? null : durability.kindOf(second);
        boolean byLibrary = operation.type() == VdmOperationType.FLUSH
                && firstKind == WriteBackKind.CACHE_LINES && durability.lines() != null;
        ExecutionPath path = byLibrary ? ExecutionPath.LIBPMEM : operation.executedBy();
        try {
            durability.writeBackLines(first, firstKind);
            durability.writeBackLines(second, secondKind);
        } catch (IOException | PageUnavailableException e) {
            operation.failWriteBack(path, e);
            return earlier;
        }
        operation.succeed(path);
        Forces forces = durability.addForce(earlier, operation, first, firstKind);
        return durability.addForce(forces, operation, second, secondKind);
    }
}
