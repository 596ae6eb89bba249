package io.github.vdm4j;

import io.github.vdm4j.flight.OperationTrace;
import io.github.vdm4j.future.AbstractFuture;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.io.IOException;
import java.util.concurrent.CancellationException;

/**
 * One operation of a mover, as a future, whatever the operation produces. The operation starts when
 * the future is first polled.
 *
 * <p>It may be polled from any thread, even from several at once. It keeps its segments reachable
 * until it is complete. A failure of the machine, or a segment that was closed in the meantime,
 * does not throw from a poll: the future completes, {@link #result} tells how, and {@link #orThrow}
 * or {@link #await} throw it. Only a thread that may not access a confined segment is sent away
 * with a {@link WrongThreadException}; the future stays as it was.
 *
 * <p>A future that is dropped after its first poll is finished by its mover, which then takes back
 * what the operation used.
 *
 * <p>C counterpart: what every {@code struct vdm_operation_future} has, miniasync_vdm(7).
 *
 * @param <T> the type of the output
 */
public abstract class MoverFuture<T> extends AbstractFuture<T> {
    private static final VdmOperationType[] TYPES = VdmOperationType.values();
    private static final ExecutionPath[] PATHS = ExecutionPath.values();
    private static final int DURABLE = VdmFlags.MEM_DURABLE.bits() << 8;
    private static final int NO_CACHE_HINT = VdmFlags.NO_CACHE_HINT.bits() << 8;
    private static final int COUNTED = 1 << 31;

    /** The highest of the flags' bits: a flush is durable without a flag. */
    private static final int FLUSHES = 1 << 15;

    // Packed, because every byte of a future shows in an operation's cost (docs/adr/0004): type,
    // flags, fill byte and path, 8 bits each, the path's highest being COUNTED.
    private int operation;
    private VdmFailure failure;

    /** Creates a future without an operation, which the mover's base class supplies. */
    protected MoverFuture() {}

    /**
     * Creates a future of an operation without flags, for good.
     *
     * @param type the operation
     */
    protected MoverFuture(VdmOperationType type) {
        operation = type.ordinal();
    }

    /**
     * Where the operation is counted.
     *
     * @return the mover's tally, or null if it keeps none
     */
    protected OperationTally tally() {
        return null;
    }

    /**
     * Whose operation it is, for those who record operations.
     *
     * @return the mover's name
     */
    protected String moverName() {
        return getClass().getSimpleName();
    }

    /** Counts, and tells the flight recorder if that wants to know. */
    @Override
    protected final FutureState step(Notifier notifier, boolean first) {
        OperationTrace trace = OperationTrace.isOn() ? OperationTrace.poll(this, first) : null;
        FutureState reached = advance(notifier);
        if ((operation & COUNTED) == 0) {
            count(reached, first);
        }
        if (trace != null && reached == FutureState.COMPLETE) {
            end(trace);
        }
        return reached;
    }

    private void count(FutureState reached, boolean first) {
        OperationTally tally = tally();
        if (tally == null) {
            return;
        }
        if (reached != FutureState.COMPLETE) {
            if (first && reached == FutureState.RUNNING) {
                tally.begun();
            }
        } else if (failure == null) {
            tally.succeeded(byteSize(), first);
        } else {
            tally.failed(first);
        }
    }

    private void end(OperationTrace trace) {
        VdmResult how = failure == null ? VdmResult.SUCCESS : failure.result();
        trace.end(this, type().toString(), byteSize(), moverName(),
                PATHS[operation >>> 24 & 0x7f].name(), how.name());
    }

    /**
     * Says what the operation is, while the future is {@linkplain #withdraw() withdrawn}.
     *
     * @param type the operation
     * @param fill the byte to fill with, for memset
     * @param flags what to promise
     */
    protected final void describe(VdmOperationType type, byte fill, VdmFlags flags) {
        operation = type.ordinal()
                | flags.bits() << 8
                | (type == VdmOperationType.FLUSH ? FLUSHES : 0)
                | (fill & 0xff) << 16;
        if (failure != null) {
            failure = null;
        }
    }

    /**
     * The operation.
     *
     * @return the type, as it was asked for
     */
    public final VdmOperationType type() {
        return TYPES[operation & 0xff];
    }

    /**
     * The flags it was asked for with.
     *
     * @return the flags
     */
    public final VdmFlags flags() {
        return VdmFlags.ofBits(operation >> 8 & 0x7f);
    }

    /**
     * How much the operation has to do.
     *
     * @return the bytes of its longest segment
     */
    public abstract long byteSize();

    /**
     * Tells whether the operation has to make its destination durable.
     *
     * @return true for a flush, and for {@link VdmFlags#MEM_DURABLE}
     */
    protected final boolean isDurable() {
        return (operation & (DURABLE | FLUSHES)) != 0;
    }

    /**
     * Tells whether the destination should be left in the processor's caches.
     *
     * @return false for {@link VdmFlags#NO_CACHE_HINT}
     */
    protected final boolean isForCache() {
        return (operation & NO_CACHE_HINT) == 0;
    }

    /**
     * The byte to fill with.
     *
     * @return the value that was passed to memset, else 0
     */
    protected final byte fillByte() {
        return (byte) (operation >> 16);
    }

    /**
     * Ends the operation well; to be returned from {@link #advance}.
     *
     * @param path what executed it
     * @return {@link FutureState#COMPLETE}
     */
    protected final FutureState succeed(ExecutionPath path) {
        operation = operation & 0xffffff | path.ordinal() << 24;
        return FutureState.COMPLETE;
    }

    /**
     * Ends well, in its first poll, an operation that is counted elsewhere than in the {@linkplain
     * #tally() tally}; to be returned from {@link #advance}.
     *
     * @param path what executed it
     * @return {@link FutureState#COMPLETE}
     */
    protected final FutureState succeedCounted(ExecutionPath path) {
        operation = operation & 0xffffff | path.ordinal() << 24 | COUNTED;
        return FutureState.COMPLETE;
    }

    /**
     * Ends the operation after the bytes were moved but could not be made durable; to be returned
     * from {@link #advance}.
     *
     * @param path what moved the bytes
     * @param cause an {@link IOException} of the storage, or the exception for a segment
     * whose arena was closed
     * @return {@link FutureState#COMPLETE}
     */
    protected final FutureState failWriteBack(ExecutionPath path, Exception cause) {
        boolean closed = cause instanceof IllegalStateException;
        return fail(
                path,
                closed ? VdmResult.SEGMENT_UNUSABLE : VdmResult.IO_ERROR,
                null,
                closed
                        ? "failed: the arena of the destination was closed before it was written back"
                        : cause instanceof IOException
                                ? "failed: the bytes are in memory but could not be written back: "
                                        + cause.getMessage()
                                : "failed: " + cause.getMessage(),
                cause);
    }

    /**
     * Ends the operation with a failure; to be returned from {@link #advance}.
     *
     * @param path what executed it, {@link ExecutionPath#NONE} if nothing did
     * @param how the result, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null
     * @param reason what went wrong, to follow "memcpy of 64 bytes "
     * @param cause the failure underneath, or null
     * @return {@link FutureState#COMPLETE}
     */
    protected final FutureState fail(
            ExecutionPath path, VdmResult how, VdmStatus status, String reason, Throwable cause) {
        failure = new VdmFailure(how, status, reason, cause);
        return succeed(path);
    }

    @Override
    protected final void completeWith(Throwable thrown) {
        boolean cancelled = thrown instanceof CancellationException;
        fail(
                ExecutionPath.NONE,
                cancelled ? VdmResult.CANCELLED : VdmResult.INTERNAL_ERROR,
                null,
                cancelled ? "was cancelled before it was started" : "failed: " + thrown,
                thrown);
    }

    /**
     * How the operation ended.
     *
     * @return the result
     * @throws IllegalStateException if the future is not complete
     */
    public final VdmResult result() {
        requireComplete();
        return failure == null ? VdmResult.SUCCESS : failure.result();
    }

    /**
     * What executed the operation: the hardware, DML's software path, the JVM or libpmem.
     *
     * @return the path
     * @throws IllegalStateException if the future is not complete
     */
    public final ExecutionPath path() {
        requireComplete();
        return PATHS[operation >>> 24 & 0x7f];
    }

    /**
     * Why the operation failed. A new exception on every call, with the caller's stack trace.
     *
     * @return the failure, or null if the operation succeeded
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    public final VdmException failure() {
        requireComplete();
        VdmFailure failed = failure;
        return failed == null ? null : failed.toException(type(), byteSize());
    }

    /**
     * Throws if the operation failed.
     *
     * @throws VdmException with the result, the status and what to do about it
     * @throws IllegalStateException if the future is not complete
     */
    public final void orThrow() {
        VdmException failed = failure();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public String toString() {
        return "%s of %,d bytes, %s".formatted(type(), byteSize(), state());
    }
}
