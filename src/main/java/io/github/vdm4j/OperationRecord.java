package io.github.vdm4j;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifResult;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** The completion record of an {@link Operation}. */
abstract sealed class OperationRecord<R> extends OperationDescriptor<R> permits Operation {
    private static final ExecutionPath[] PATHS = ExecutionPath.values();
    private static final Failure HEAP_FULL = new Failure(
            VdmResult.OUT_OF_MEMORY, null, "failed: the Java heap is full", null, 0);
    private static final Failure UNDESCRIBED = new Failure(
            VdmResult.INTERNAL_ERROR, null, "failed, and so did the description", null, 0);
    private static final Failure NOT_RUN =
            new Failure(VdmResult.NOT_RUN, null, "was not run", null, 0);
    /** The highest bit in the byte of the path. It is set in a written completion record. */
    private static final int ENDED = 1 << 31;
    /**
     * Set in the byte of the path while no record is written, if an exception has ended a poll.
     */
    static final int BROKEN = 1 << 30;
    private static final ValueLayout.OfInt CRC_IN_MEMORY =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Failure failure;
    private Object attachment;

    @Override
    void describe(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags) {
        super.describe(type, to, from, second, pattern, options, flags);
        if (failure != null) {
            failure = null;
        }
    }

    /**
     * Writes the completion record of an operation that has succeeded without a value.
     *
     * @param path the path that executed it
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState succeed(ExecutionPath path) {
        Objects.requireNonNull(path, "path");
        bits = bits & 0xffffff | path.ordinal() << 24 | ENDED;
        return FutureState.COMPLETE;
    }

    /**
     * Writes the completion record of a successful data operation. If the operation has a {@link
     * #crcDestination()}, the method writes the CRC first.
     *
     * @param path the path that executed it
     * @param value the offset of the first mismatch or bad block, or -1. For a CRC, the CRC in the
     *     low 32 bits. For a delta, the record's size in bytes
     * @param outcome the ordinal of {@link DeltaResult.Outcome}, or the bits of the {@link
     *     io.github.vdm4j.operation.DifError}s, or 0
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState succeed(ExecutionPath path, long value, int outcome) {
        if (operands != null) {
            operands.value = value;
            operands.outcome = outcome;
            if (crcDestination() != null) {
                return succeedWithCrc(path, (int) value);
            }
        }
        return succeed(path);
    }

    private FutureState succeedWithCrc(ExecutionPath path, int crc) {
        MemorySegment to = crcDestination();
        try {
            to.set(CRC_IN_MEMORY, 0, crc);
            PageFaults.deliver();
            return succeed(path);
        } catch (WrongThreadException | IllegalStateException e) {
            requireAccess(); // A poll of the thread that owns the memory writes the CRC.
            return fail(path, VdmResult.SEGMENT_UNUSABLE, null,
                    "failed: the arena of the destination was closed before the CRC was written",
                    e, byteSize());
        } catch (InternalError e) {
            return fail(path, VdmResult.IO_ERROR, null,
                    "failed: the CRC was not written: "
                            + new PageUnavailableException(e, to).getMessage(),
                    e, byteSize());
        }
    }

    /**
     * Writes the completion record of an operation that failed.
     *
     * @param path the path that executed it, or {@link ExecutionPath#NONE}
     * @param how the result, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null
     * @param reason the reason. It follows "memcpy of 64 bytes " in the message
     * @param cause the underlying failure, or null
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState fail(ExecutionPath path, VdmResult how, VdmStatus status, String reason,
            Throwable cause) {
        return fail(path, how, status, reason, cause, 0);
    }

    /**
     * Writes the completion record of an operation that failed after a partial execution.
     *
     * @param path the path that executed it, or {@link ExecutionPath#NONE}
     * @param how the result, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null
     * @param reason the reason. It follows "memcpy of 64 bytes " in the message
     * @param cause the underlying failure, or null
     * @param bytesDone the result of {@link #bytesDone()}
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState fail(ExecutionPath path, VdmResult how, VdmStatus status, String reason,
            Throwable cause, long bytesDone) {
        Objects.requireNonNull(path, "path");
        failure = new Failure(Objects.requireNonNull(how, "how"), status,
                Objects.requireNonNull(reason, "reason"), cause, bytesDone);
        return succeed(path);
    }

    /**
     * Writes the completion record of an operation with a failed part.
     *
     * @param part the part. It has failed
     * @param bytesDone the result of {@link #bytesDone()}
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failLike(Operation<?> part, long bytesDone) {
        Failure its = ((OperationRecord<?>) Objects.requireNonNull(part, "part")).failure;
        return fail(part.executedBy(), its.result, its.status, its.reason, its.cause, bytesDone);
    }

    /**
     * Writes the completion record of an operation whose bytes were moved but could not be made
     * durable.
     *
     * @param path the path that moved the bytes
     * @param cause an {@link IOException} of the storage, or the exception for a segment with a
     *     closed arena
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failWriteBack(ExecutionPath path, Exception cause) {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(cause, "cause");
        boolean closed = cause instanceof IllegalStateException;
        return fail(
                path,
                closed ? VdmResult.SEGMENT_UNUSABLE : VdmResult.IO_ERROR,
                null,
                closed
                        ? "failed: the arena of the destination was closed before it was "
                                + "written back"
                        : cause instanceof IOException
                                ? "failed: the bytes are in memory but could not be written back: "
                                        + cause.getMessage()
                                : "failed: " + cause.getMessage(),
                cause,
                type() == VdmOperationType.FLUSH ? 0 : byteSize());
    }

    /**
     * Writes the completion record of an operation that a failure of the executor ended. The
     * method throws nothing, even if the heap is full.
     *
     * @param thrown the throwable of the executor
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failWith(Throwable thrown) {
        if (thrown == null) { // The first use of a string can fail in a full heap.
            throw new NullPointerException("thrown");
        }
        return end(thrown instanceof OutOfMemoryError ? VdmResult.OUT_OF_MEMORY
                : VdmResult.INTERNAL_ERROR, thrown);
    }

    private FutureState end(VdmResult how, Throwable thrown) {
        try {
            return fail(ExecutionPath.NONE, how, null,
                    how == VdmResult.CANCELLED ? "was cancelled before it was started"
                            : "failed: " + thrown,
                    thrown);
        } catch (Throwable e) { // The description of the failure has failed.
            failure = e instanceof OutOfMemoryError ? HEAP_FULL : UNDESCRIBED;
            return succeed(ExecutionPath.NONE);
        }
    }

    /**
     * Writes the completion record of an operation that had not begun before the close of its
     * mover.
     *
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failClosed() {
        return fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed",
                null);
    }

    /**
     * Writes the completion record of a task that does not run. Throws nothing, even if the heap is
     * full.
     *
     * @param place the index of the first failed task before its fence
     * @param failed the failed task
     */
    public void abandon(int place, Operation<?> failed) {
        Objects.requireNonNull(failed, "failed");
        try {
            fail(ExecutionPath.NONE, VdmResult.NOT_RUN, null,
                    Message.of("was not run, because task %,d, the %s before its fence, failed",
                            place, failed.description()),
                    null);
        } catch (Throwable e) { // The heap is full. The batch must continue.
            failWith(e);
        }
    }

    void reset() {
        bits = bits & 0xffffff;
        failure = null;
        if (operands != null) {
            operands.value = 0;
            operands.outcome = 0;
        }
    }

    @Override
    protected void completeWith(Throwable thrown) {
        if (thrown instanceof CancellationException) {
            end(VdmResult.CANCELLED, thrown);
        } else {
            failWith(thrown);
        }
    }

    /**
     * {@return the result of an ended operation, for the executor} A task of a batch that has not
     * run has {@link VdmResult#NOT_RUN}.
     */
    public VdmResult recordedResult() {
        return (bits & ENDED) == 0 ? VdmResult.NOT_RUN
                : failure == null ? VdmResult.SUCCESS : failure.result();
    }

    /** {@return the object that the executor has attached to the operation, or null} */
    public Object attachment() {
        return attachment;
    }

    /**
     * Attaches an object of the executor. It stays attached until the executor replaces it, even if
     * the operation is prepared again.
     *
     * @param object the object, or null
     */
    public void attach(Object object) {
        attachment = object;
    }

    /** {@return the path of an ended operation, for the executor} */
    public ExecutionPath executedBy() {
        return PATHS[bits >>> 24 & 0x3f];
    }

    /** {@return the number that {@link #succeed(ExecutionPath, long, int)} has written} */
    public long value() {
        return operands == null ? 0 : operands.value;
    }

    /** {@return the second number that {@link #succeed(ExecutionPath, long, int)} has written} */
    public int outcome() {
        return operands == null ? 0 : operands.outcome;
    }

    @Override
    public VdmResult result() {
        requireComplete();
        return recordedResult();
    }

    /** {@return the number of processed bytes in the completion record} */
    public final long recordedBytes() {
        if (failure != null) {
            return failure.bytesDone();
        }
        return tasks() == null ? byteSize()
                : tasks().stream().mapToLong(OperationRecord::recordedBytes).sum();
    }

    @Override
    public ExecutionPath path() {
        requireComplete();
        return executedBy();
    }

    @Override
    public VdmException failure() {
        requireComplete();
        return exception();
    }

    VdmException exception() {
        Failure failed = failure;
        if (failed == null && recordedResult() == VdmResult.NOT_RUN) {
            failed = NOT_RUN;
        }
        return failed == null ? null : failed.toException(type(), byteSize());
    }

    /** Returns the value of a complete operation, for {@link VdmOperation#value}. */
    long valueOrThrow() {
        if (result() != VdmResult.SUCCESS) {
            throw new IllegalStateException("the operation has no value: " + failure(), failure());
        }
        return value();
    }

    @Override
    @SuppressWarnings("unchecked") // The mover pairs the type of the operation with R.
    public R output() {
        requireComplete();
        return (R) typedOutput();
    }

    /**
     * Returns the output of the operation. Returns null if the operation has failed and its output
     * has a separate type.
     */
    Object typedOutput() {
        VdmOperationType type = type();
        VdmResult how = recordedResult();
        if (type.ordinal() <= VdmOperationType.FLUSH.ordinal()) {
            return new VdmOutput(type, how, destination, executedBy());
        }
        if (type == VdmOperationType.BATCH) {
            return operands.tasks.result();
        }
        if (how != VdmResult.SUCCESS) {
            return null;
        }
        long value = operands.value;
        return switch (type) {
            case COMPARE, COMPARE_PATTERN ->
                value < 0 ? CompareResult.EQUAL : CompareResult.mismatchAt(value);
            case CRC, COPY_CRC -> new Crc32c((int) value);
            case DELTA_CREATE ->
                new DeltaResult(DeltaResult.Outcome.values()[operands.outcome], value);
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> DifResult.of(value, operands.outcome);
            default -> new VdmOutput(
                    type, how, destination == null ? MemorySegment.NULL : destination,
                    executedBy());
        };
    }

    /** The reason of a failure. A caller that asks for it gets an exception with a stack trace. */
    private record Failure(VdmResult result, VdmStatus status, String reason, Throwable cause,
            long bytesDone) {
        VdmException toException(VdmOperationType type, long bytes) {
            return new VdmException(
                    result, status, Message.of("%s of %,d bytes %s", type, bytes, reason), cause);
        }
    }
}
