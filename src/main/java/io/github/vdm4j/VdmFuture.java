package io.github.vdm4j;

import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;

/**
 * The future of one operation of a mover. The first poll starts the operation.
 *
 * <p>A future is thread-safe. It keeps its segments reachable until it is complete. If the
 * operation fails, a poll does not throw an exception. The future completes, {@link #result}
 * returns the result, and {@link #orThrow} and {@link #await} throw the failure. If a thread may
 * not access a confined segment, its poll throws a {@link WrongThreadException}, and the future is
 * unchanged.
 *
 * <p>If a program drops a future after its first poll, the mover finishes the operation and
 * releases its resources.
 *
 * <p>C counterpart: {@code struct vdm_operation_future}, miniasync_vdm(7).
 *
 * @param <R> the type of the output
 */
public sealed interface VdmFuture<R> extends PollableFuture<R> permits OperationDescriptor {
    /** {@return the type of the operation} */
    VdmOperationType type();

    /** {@return the flags of the operation} */
    VdmFlags flags();

    /**
     * {@return the size of the source, or of the destination if there is no source} For a batch, it
     * is the sum of the sizes of its tasks.
     */
    long byteSize();

    /**
     * {@return the range to write or flush} The range is null if the operation writes nothing, or
     * only its CRC.
     */
    MemorySegment destination();

    /**
     * {@return the result of the operation}
     *
     * @throws IllegalStateException if the future is not complete
     */
    VdmResult result();

    /**
     * Returns the number of bytes that are certainly processed. After a success, it is {@link
     * #byteSize()}. After a failure, the operation may have written more bytes. With {@link
     * VdmResult#CLOSED} and {@link VdmResult#CANCELLED}, the operation has written nothing. While a
     * mover's threads execute a long operation in parts, the number grows and never decreases. It
     * also grows while a device and a thread divide a copy. It then counts the parts of the device.
     *
     * <ul>
     * <li>memcpy, memset, fill, dualcast and the DIF operations: the first bytes.
     * <li>memmove: the first bytes, or the last bytes if the destination lies behind the source and
     *     overlaps it.
     * <li>flush: the first bytes. For a durable operation, the bytes are in memory but not
     *     certainly durable.
     * <li>compare, CRC and delta operations: the first bytes were read.
     * <li>batch: the sum of its tasks. While threads execute a batch in parts, the first tasks that
     *     are done without a gap, and the first parts of the task behind them.
     * </ul>
     *
     * @return the number of bytes, or 0 if it is unknown
     */
    long bytesDone();

    /**
     * {@return the path that executed the operation}
     *
     * @throws IllegalStateException if the future is not complete
     */
    ExecutionPath path();

    /**
     * {@return a new object with the output, or null} It is null if the operation failed and its
     * output has a separate type, for example a CRC.
     *
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    R output();

    /**
     * {@return the failure of the operation, or null if it succeeded} The exception is new on every
     * call and has the caller's stack trace.
     *
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    VdmException failure();
}
