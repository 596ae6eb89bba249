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

import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A reusable operation for hot loops. It is prepared and started again and again without
 * allocating.
 *
 * {@snippet lang=java :
 *     VdmOperation operation = mover.newOperation(); // the only allocation
 *     for (MemorySegment slot : slots) {
 *         operation.memcpy(slot, record, VdmFlags.NONE).start();
 *         while (operation.poll() != FutureState.COMPLETE) {
 *             Thread.onSpinWait();
 *         }
 *         operation.orThrow();
 *     }
 * }
 *
 * <p>A prepared operation is a future, and any thread may poll it. One thread at a time may prepare
 * it. If two threads prepare it at once, one of them gets an {@link IllegalStateException}.
 *
 * <p>C counterpart: a {@code dml_job_t} that is used again. miniasync creates a new future for each
 * operation.
 */
public final class VdmOperation implements PollableFuture<Object> {
    private final AbstractDataMover mover;
    private final Operation<Object> future;

    VdmOperation(AbstractDataMover mover) {
        this.mover = mover;
        future = new Operation<>(mover);
        future.leaveUnprepared();
    }

    /**
     * Prepares {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return prepare(MEMCPY, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Prepares {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return prepare(MEMMOVE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Prepares {@link Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation memset(MemorySegment destination, byte value, VdmFlags flags) {
        return prepare(MEMSET, requireNonNull(destination, "destination"), null, null, value, null,
                flags);
    }

    /**
     * Prepares {@link Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation flush(MemorySegment range) {
        return prepare(FLUSH, requireNonNull(range, "range"), null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#nop()}.
     *
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation nop() {
        return prepare(NOP, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#drain()}.
     *
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation drain() {
        return prepare(DRAIN, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#fill(MemorySegment, long, VdmFlags)}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return prepare(FILL, requireNonNull(destination, "destination"), null, null, pattern, null,
                flags);
    }

    /**
     * Prepares {@link Vdm#compare(MemorySegment, MemorySegment)}.
     *
     * @param first a range
     * @param second another range of the same size
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation compare(MemorySegment first, MemorySegment second) {
        return prepare(COMPARE, null, requireNonNull(first, "first"),
                requireNonNull(second, "second"), 0, null, VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#comparePattern(MemorySegment, long)}.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation comparePattern(MemorySegment range, long pattern) {
        return prepare(COMPARE_PATTERN, null, requireNonNull(range, "range"), null, pattern, null,
                VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#createDelta(MemorySegment, MemorySegment, MemorySegment)}.
     *
     * @param record the record
     * @param original a range
     * @param modified another range of the same size
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified) {
        return prepare(DELTA_CREATE, requireNonNull(record, "record"),
                requireNonNull(original, "original"), requireNonNull(modified, "modified"), 0, null,
                VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#applyDelta(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param record the record
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags) {
        return prepare(DELTA_APPLY, requireNonNull(destination, "destination"),
                requireNonNull(record, "record"), null, 0, null, flags);
    }

    /**
     * Prepares {@link Vdm#dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param first a range to write
     * @param second another range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags) {
        return prepare(DUALCAST, requireNonNull(first, "first"), requireNonNull(source, "source"),
                requireNonNull(second, "second"), 0, null, flags);
    }

    /**
     * Prepares {@link Vdm#crc32c(MemorySegment, CrcOptions)}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation crc32c(MemorySegment range, CrcOptions options) {
        return prepare(CRC, null, requireNonNull(range, "range"), null, 0,
                requireNonNull(options, "options"), VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#crc32c(MemorySegment, CrcOptions, MemorySegment)}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @param destination four bytes for the CRC
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation crc32c(MemorySegment range, CrcOptions options,
            MemorySegment destination) {
        return prepare(CRC, null, requireNonNull(range, "range"),
                requireNonNull(destination, "destination"), 0, requireNonNull(options, "options"),
                VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param options the seed, and what is reflected
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation copyCrc32c(MemorySegment destination, MemorySegment source,
            CrcOptions options, VdmFlags flags) {
        return prepare(COPY_CRC, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(options, "options"),
                flags);
    }

    /**
     * Prepares {@link Vdm#difCheck(MemorySegment, DifConfig)}.
     *
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation difCheck(MemorySegment source, DifConfig config) {
        return prepare(DIF_CHECK, null, requireNonNull(source, "source"), null, 0,
                requireNonNull(config, "config"), VdmFlags.NONE);
    }

    /**
     * Prepares {@link Vdm#difInsert(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation difInsert(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return prepare(DIF_INSERT, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Prepares {@link Vdm#difStrip(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation difStrip(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return prepare(DIF_STRIP, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Prepares {@link Vdm#difUpdate(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the
     *     operation is running or another thread prepares it
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation difUpdate(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return prepare(DIF_UPDATE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Prepares the last operation again, with the same segments.
     *
     * @return this, idle
     * @throws IllegalStateException if nothing was prepared yet, the operation is running, or a
     *     segment's arena or the mover is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation again() {
        future.prepareAgain();
        return this;
    }

    private boolean isPrepared() {
        return future.destination() != null || future.source() != null
                || future.type() != VdmOperationType.MEMCPY;
    }

    private VdmOperation prepare(VdmOperationType type, MemorySegment destination,
            MemorySegment source, MemorySegment second, long pattern, Object options,
            VdmFlags flags) {
        mover.check(type, destination, source, second, options, flags);
        future.prepare(type, destination, source, second, pattern, options, flags);
        return this;
    }

    /**
     * Starts the operation with a poll.
     *
     * @return this
     * @throws IllegalStateException if nothing was prepared yet
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation start() {
        future.poll();
        return this;
    }

    /**
     * Returns the number of the result without allocating: the offset of the first mismatch or of
     * the first bad block, -1 for none; or the CRC, 0 to 0xFFFFFFFF; or the delta record's size in
     * bytes.
     *
     * @return the number, 0 for operations without one
     * @throws IllegalStateException if the operation is not complete, or has failed
     */
    public long value() {
        return future.valueOrThrow();
    }

    /**
     * Returns how the operation ended.
     *
     * @return the result
     * @throws IllegalStateException if the operation is not complete
     */
    public VdmResult result() {
        return future.result();
    }

    /**
     * Returns how many bytes are done for certain, like {@link VdmFuture#bytesDone()}.
     *
     * @return bytes
     */
    public long bytesDone() {
        return future.bytesDone();
    }

    /**
     * Returns what executed the operation.
     *
     * @return the path
     * @throws IllegalStateException if the operation is not complete
     */
    public ExecutionPath path() {
        return future.path();
    }

    /**
     * Throws if the operation failed.
     *
     * @throws VdmException with the result, the status and the remedy
     * @throws IllegalStateException if the operation is not complete
     */
    @Override
    public void orThrow() {
        future.orThrow();
    }

    @Override
    public FutureState state() {
        return future.state();
    }

    @Override
    public FutureState poll() {
        return future.poll();
    }

    @Override
    public FutureState poll(Notifier notifier) {
        return future.poll(notifier);
    }

    /** Returns the output of the operation, a new object on every call. */
    @Override
    public Object output() {
        return future.output();
    }

    @Override
    public VdmException failure() {
        return future.failure();
    }

    @Override
    public CompletableFuture<Object> toCompletableFuture() {
        return future.toCompletableFuture();
    }

    @Override
    public CompletableFuture<Object> toCompletableFuture(Executor executor) {
        return future.toCompletableFuture(executor);
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return future.hasProperty(property);
    }

    @Override
    public boolean cancel() {
        return future.cancel();
    }

    @Override
    public String toString() {
        return isPrepared() ? future.toString() : "not prepared";
    }
}
