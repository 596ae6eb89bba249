package io.github.vdm4j;

import static java.util.Objects.requireNonNull;

import io.github.vdm4j.future.AbstractFuture;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.trace.OperationTrace;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The base class of all movers of this library and of a program's own movers. It checks arguments,
 * creates futures, counts operations, and closes once. A mover supplies the {@link VdmExecutor} of
 * its operations.
 *
 * <p>C counterpart: {@code struct vdm}. Its function table corresponds to {@link VdmExecutor}.
 */
public abstract non-sealed class AbstractDataMover
        extends
            AbstractOperationMethods<VdmFuture<VdmOutput>, VdmFuture<CompareResult>,
                    VdmFuture<DeltaResult>,
                    VdmFuture<Crc32c>, VdmFuture<DifResult>>
        implements
            Vdm {
    /** The limit of an executor whose {@link VdmExecutor#closeTimeout} fails. */
    private static final long USUAL_CLOSE_NANOS = 30_000_000_000L;

    private final OperationTally tally = new OperationTally();
    private volatile boolean closed;
    private final AtomicBoolean finishing = new AtomicBoolean();

    /** Creates an open mover. */
    protected AbstractDataMover() {
        // This loads its classes, because loading them later could pin a virtual thread.
        OperationTrace.isOn();
    }

    /**
     * {@return the executor of this mover's operations} It is the same object on every call. Each
     * new operation calls this.
     */
    protected abstract VdmExecutor executor();

    /**
     * Rejects segments that this mover can never reach. At the call, the segment is alive, and the
     * current thread may access it.
     *
     * @param type the operation, for the message
     * @param role the role of the segment in the operation, for the message
     * @param segment the segment
     * @throws IllegalArgumentException if the mover cannot reach the segment
     */
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {}

    /** {@return whether {@link #close} was called} */
    public final boolean isClosed() {
        return closed;
    }

    final OperationTally tally() {
        return tally;
    }

    /** Requires an open mover for an operation, or for an object that prepares operations. */
    final void requireOpen(VdmOperationType type) {
        if (isClosed()) {
            throw new IllegalStateException(FailureName.CLOSED.endOf(
                    (type == null ? "" : type + ": ") + "the mover is closed (" + name()
                            + "). Open another mover"));
        }
    }

    final void check(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, Object options, VdmFlags flags) {
        requireNonNull(flags, "flags");
        requireOpen(type);
        OperationRules.check(this, type, destination, source, second, options);
    }

    @Override
    @SuppressWarnings("unchecked") // The type of the operation determines the type of the future.
    final <F> F describe(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, long pattern, Object options, VdmFlags flags) {
        check(type, destination, source, second, options, flags);
        var operation = new Operation<>(this);
        operation.describe(type, destination, source, second, pattern, options, flags);
        return (F) operation;
    }

    @Override
    public final VdmFuture<VdmOutput> drain() {
        return describe(VdmOperationType.DRAIN, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Returns {@code true} for all flags. Each mover supports {@link VdmFlags#MEM_DURABLE} for some
     * destinations, and accepts the hint {@link VdmFlags#NO_CACHE_HINT}.
     */
    @Override
    public boolean isSupported(VdmFlags flags) {
        requireNonNull(flags, "flags");
        return true;
    }

    @Override
    public final VdmOperation newOperation() {
        requireOpen(null);
        return new VdmOperation(this);
    }

    @Override
    public final Batch batch() {
        requireOpen(null);
        return new Batch(this);
    }

    @Override
    public MoverCounters counters() {
        return tally.sum();
    }

    @Override
    public final void close() {
        closed = true;
        finishOnce();
    }

    @Override
    public final int closeNow() {
        closed = true;
        int cancelled = executor().refusePending();
        finishOnce();
        return cancelled;
    }

    /** Holds no lock, because a waker may also close the mover during the drain. */
    private void finishOnce() {
        if (finishing.getAndSet(true)) {
            return;
        }
        try {
            finish();
        } catch (Error e) { // The heap may be full. A further call repeats the work.
            finishing.set(false);
            throw e;
        }
    }

    /** Waits for the first polls, because they may still pass operations to the executor. */
    private void finish() {
        long start = Seam.nanoTime();
        long limit = USUAL_CLOSE_NANOS;
        boolean left;
        try {
            limit = TimeUnit.NANOSECONDS.convert(
                    requireNonNull(executor().closeTimeout(), "closeTimeout")); // saturates
            left = isInsidePoll() || tally.awaitPolls(start + limit);
        } finally {
            executor().close(start + limit);
        }
        if (!left) {
            throw new VdmException(VdmResult.TIMEOUT, null,
                    ("%s did not close within %s s (closeTimeout): another thread is still inside"
                            + " the first poll of an operation. Keep the memory of the operation"
                            + " until its future is complete")
                            .formatted(name(), limit / 1e9),
                    null);
        }
    }

    /**
     * Returns whether a poll or a thread of the library calls the current method, for example in a
     * callback. Such a thread must not wait, because the first polls may wait for this thread.
     */
    private static boolean isInsidePoll() {
        return LibraryThread.isCurrent() || StackWalker.getInstance()
                .walk(frames -> frames
                        .anyMatch(frame -> frame.getClassName()
                                .equals(AbstractFuture.class.getName())));
    }

    @Override
    public String toString() {
        return name() + (isClosed() ? ", closed" : "");
    }
}
