package io.github.vdm4j;

import io.github.vdm4j.future.AbstractFuture;
import java.lang.foreign.MemorySegment;

/**
 * The future of one operation of a mover. The first poll starts the operation.
 *
 * <p>Any thread may poll a future, and several may at once. A future keeps its segments reachable
 * until it is complete. A poll does not throw if the operation fails: the future completes, {@link
 * #result} states the reason, and {@link #orThrow} or {@link #await} throws it. There is one
 * exception: a poll by a thread that may not access a confined segment throws a {@link
 * WrongThreadException}, and the future is unchanged.
 *
 * <p>If a program drops a future after its first poll, the mover finishes the operation and
 * releases what it used.
 *
 * <p>C counterpart: {@code struct vdm_operation_future}, miniasync_vdm(7).
 *
 * @param <R> the type of the output
 */
public abstract sealed class VdmFuture<R> extends AbstractFuture<R>
        permits OperationDescriptor {
    VdmFuture() {}

    /** {@return the operation that the caller asked for} */
    public abstract VdmOperationType type();

    /** {@return the flags that the caller passed} */
    public abstract VdmFlags flags();

    /**
     * {@return the bytes that the operation reads, or that it writes if it reads nothing} For a
     * batch this is the sum of its tasks.
     */
    public abstract long byteSize();

    /**
     * {@return the range that is written or flushed} The range is null if the operation writes
     * nothing, or only its CRC.
     */
    public abstract MemorySegment destination();

    /**
     * {@return how the operation ended}
     *
     * @throws IllegalStateException if the future is not complete
     */
    public abstract VdmResult result();

    /**
     * Returns how many bytes are done for certain. After a success this is {@link #byteSize()}.
     * After a failure more bytes may have been written, except with {@link VdmResult#CLOSED} and
     * {@link VdmResult#CANCELLED}, which write nothing. While a mover's threads execute a long
     * operation in parts, the number grows from call to call and never decreases.
     *
     * <ul>
     *   <li>memcpy, memset, fill, dualcast and the DIF operations: the first bytes.
     *   <li>memmove: the first bytes, or the last ones if the destination lies behind the source
     *   and overlaps it.
     *   <li>flush: the first bytes. A durable operation: bytes that are in memory; none of them is
     *       durable for certain.
     *   <li>compare, CRC and delta operations: the first bytes were read.
     *   <li>batch: the sum of its tasks.
     * </ul>
     *
     * @return bytes, 0 if nothing is known to be done
     */
    public abstract long bytesDone();

    /**
     * {@return what executed the operation: the hardware, DML's software path, the JVM or libpmem}
     *
     * @throws IllegalStateException if the future is not complete
     */
    public abstract ExecutionPath path();

    /**
     * Returns the output of the operation, a new object on every call.
     *
     * @return the output; null if the operation failed and its output is a result of its own, such
     *     as a CRC
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    public abstract R output();

    /**
     * Returns why the operation failed. The exception is new on every call and has the caller's
     * stack trace.
     *
     * @return the failure, or null if the operation succeeded
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    public abstract VdmException failure();

    /**
     * Throws if the operation failed.
     *
     * @throws VdmException with the result, the status and the remedy
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    public final void orThrow() {
        VdmException failed = failure();
        if (failed != null) {
            throw failed;
        }
    }
}
