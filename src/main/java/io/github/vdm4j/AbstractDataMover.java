package io.github.vdm4j;

import static io.github.vdm4j.VdmOperationType.COMPARE;
import static io.github.vdm4j.VdmOperationType.COMPARE_PATTERN;
import static io.github.vdm4j.VdmOperationType.COPY_CRC;
import static io.github.vdm4j.VdmOperationType.CRC;
import static io.github.vdm4j.VdmOperationType.DELTA_APPLY;
import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_CHECK;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;
import static io.github.vdm4j.VdmOperationType.DIF_UPDATE;
import static io.github.vdm4j.VdmOperationType.DRAIN;
import static io.github.vdm4j.VdmOperationType.DUALCAST;
import static io.github.vdm4j.VdmOperationType.FILL;
import static io.github.vdm4j.VdmOperationType.FLUSH;
import static io.github.vdm4j.VdmOperationType.MEMCPY;
import static io.github.vdm4j.VdmOperationType.MEMMOVE;
import static io.github.vdm4j.VdmOperationType.MEMSET;
import static io.github.vdm4j.VdmOperationType.NOP;
import static java.util.Objects.requireNonNull;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.trace.OperationTrace;
import java.lang.foreign.MemorySegment;

/**
 * The base class of every mover, also of a user's own. It checks arguments, creates futures,
 * counts, and closes once. A mover supplies the {@link VdmExecutor} of its operations.
 *
 * <p>C counterpart: {@code struct vdm}, whose function table is {@link VdmExecutor}.
 */
public abstract class AbstractDataMover implements Vdm {
    private final OperationTally tally = new OperationTally();
    /** Written under {@link #closing}. */
    private volatile boolean closed;
    private final Object closing = new Object();

    /** Creates an open mover. */
    protected AbstractDataMover() {
        OperationTrace.isOn(); // loads its classes here, which would pin a virtual thread later
    }

    /**
     * Returns the executor of this mover's operations.
     *
     * @return the same object on every call
     */
    protected abstract VdmExecutor executor();

    /**
     * Refuses segments that this mover can never reach. This is called after the checks for every
     * mover: the segment is alive, and the current thread may access it.
     *
     * @param type the operation, for the message
     * @param role the role of the segment in the operation, for the message
     * @param segment the segment
     * @throws IllegalArgumentException if the mover cannot reach it
     */
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {}

    /**
     * Finishes every started operation and releases threads and memory. This is called once, after
     * {@link #isClosed} has become true. By default it closes the executor.
     */
    protected void shutDown() {
        executor().close();
    }

    /**
     * Returns whether {@link #close} was called.
     *
     * @return true from the beginning of the first call on
     */
    public final boolean isClosed() {
        return closed;
    }

    final OperationTally tally() {
        return tally;
    }

    final void requireOpen(VdmOperationType type) {
        if (closed) {
            throw new IllegalStateException(FailureName.CLOSED.endOf(
                    type + ": the mover is closed (" + name() + "). Open another mover"));
        }
    }

    final void check(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, Object options, VdmFlags flags) {
        requireNonNull(flags, "flags");
        requireOpen(type);
        OperationRules.check(this, type, destination, source, second, options);
    }

    private <R> VdmFuture<R> create(VdmOperationType type, MemorySegment destination,
            MemorySegment source, MemorySegment second, long pattern, Object options,
            VdmFlags flags) {
        check(type, destination, source, second, options, flags);
        var operation = new Operation<R>(this);
        operation.describe(type, destination, source, second, pattern, options, flags);
        return operation;
    }

    @Override
    public final VdmFuture<VdmOutput> memcpy(MemorySegment destination, MemorySegment source,
            VdmFlags flags) {
        return create(MEMCPY, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    @Override
    public final VdmFuture<VdmOutput> memmove(MemorySegment destination, MemorySegment source,
            VdmFlags flags) {
        return create(MEMMOVE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    @Override
    public final VdmFuture<VdmOutput> memset(MemorySegment destination, byte value,
            VdmFlags flags) {
        return create(MEMSET, requireNonNull(destination, "destination"), null, null, value, null,
                flags);
    }

    @Override
    public final VdmFuture<VdmOutput> flush(MemorySegment range) {
        return create(FLUSH, requireNonNull(range, "range"), null, null, 0, null, VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<VdmOutput> nop() {
        return create(NOP, null, null, null, 0, null, VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<VdmOutput> drain() {
        return create(DRAIN, null, null, null, 0, null, VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<VdmOutput> fill(MemorySegment destination, long pattern,
            VdmFlags flags) {
        return create(FILL, requireNonNull(destination, "destination"), null, null, pattern, null,
                flags);
    }

    @Override
    public final VdmFuture<CompareResult> compare(MemorySegment first, MemorySegment second) {
        return create(COMPARE, null, requireNonNull(first, "first"),
                requireNonNull(second, "second"), 0, null, VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<CompareResult> comparePattern(MemorySegment range, long pattern) {
        return create(COMPARE_PATTERN, null, requireNonNull(range, "range"), null, pattern, null,
                VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<DeltaResult> createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified) {
        return create(DELTA_CREATE, requireNonNull(record, "record"),
                requireNonNull(original, "original"), requireNonNull(modified, "modified"), 0, null,
                VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags) {
        return create(DELTA_APPLY, requireNonNull(destination, "destination"),
                requireNonNull(record, "record"), null, 0, null, flags);
    }

    @Override
    public final VdmFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second,
            MemorySegment source, VdmFlags flags) {
        return create(DUALCAST, requireNonNull(first, "first"), requireNonNull(source, "source"),
                requireNonNull(second, "second"), 0, null, flags);
    }

    @Override
    public final VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options) {
        return create(CRC, null, requireNonNull(range, "range"), null, 0,
                requireNonNull(options, "options"), VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options,
            MemorySegment destination) {
        return create(CRC, null, requireNonNull(range, "range"),
                requireNonNull(destination, "destination"), 0, requireNonNull(options, "options"),
                VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<Crc32c> copyCrc32c(MemorySegment destination, MemorySegment source,
            CrcOptions options, VdmFlags flags) {
        return create(COPY_CRC, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(options, "options"),
                flags);
    }

    @Override
    public final VdmFuture<DifResult> difCheck(MemorySegment source, DifConfig config) {
        return create(DIF_CHECK, null, requireNonNull(source, "source"), null, 0,
                requireNonNull(config, "config"), VdmFlags.NONE);
    }

    @Override
    public final VdmFuture<VdmOutput> difInsert(MemorySegment destination, MemorySegment source,
            DifConfig config, VdmFlags flags) {
        return create(DIF_INSERT, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    @Override
    public final VdmFuture<DifResult> difStrip(MemorySegment destination, MemorySegment source,
            DifConfig config, VdmFlags flags) {
        return create(DIF_STRIP, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    @Override
    public final VdmFuture<DifResult> difUpdate(MemorySegment destination, MemorySegment source,
            DifConfig config, VdmFlags flags) {
        return create(DIF_UPDATE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Returns {@code true} for every flag. Each mover keeps {@link VdmFlags#MEM_DURABLE} for some
     * destinations, and accepts the hint {@link VdmFlags#NO_CACHE_HINT}.
     */
    @Override
    public boolean isSupported(VdmFlags flags) {
        return VdmFlags.ofBits(3).contains(requireNonNull(flags, "flags"));
    }

    @Override
    public final VdmOperation newOperation() {
        requireOpen();
        return new VdmOperation(this);
    }

    @Override
    public final Batch batch() {
        requireOpen();
        return new Batch(this);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(FailureName.CLOSED.endOf(
                    "the mover is closed (" + name() + "). Open another mover"));
        }
    }

    @Override
    public MoverCounters counters() {
        return tally.sum();
    }

    @Override
    public final void close() {
        if (beginClosing()) { // without the lock: a waker that is called during the drain may close, too
            shutDown();
        }
    }

    @Override
    public final int closeNow() {
        boolean first = beginClosing();
        int cancelled = executor().refusePending();
        if (first) {
            shutDown();
        }
        return cancelled;
    }

    /** Returns true for the first call. */
    private boolean beginClosing() {
        synchronized (closing) {
            boolean first = !closed;
            closed = true;
            return first;
        }
    }

    @Override
    public String toString() {
        return name() + (isClosed() ? ", closed" : "");
    }
}
