package io.github.vdm4j.operation;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A data operation for hot loops: prepared and started again and again, with no allocation in
 * between.
 *
 * <pre>{@code
 * ReusableOperation op = mover.newReusableOperation();
 * while (more()) {
 *   op.crc32c(page, CrcOptions.STANDARD).start();
 *   while (op.poll() != FutureState.COMPLETE) Thread.onSpinWait();
 *   op.orThrow();
 *   long crc = op.value();
 * }
 * }</pre>
 *
 * <p>Between being prepared and being complete it is a future like any other, to be polled from any
 * thread. Preparing it throws what the operation of {@link DataOperations} throws, and an {@link
 * IllegalStateException} if the operation is running. Preparing it is for one thread at a time: if
 * two threads do it at the same moment, one of them gets an {@link IllegalStateException}.
 *
 * <p>C counterpart: a {@code dml_job_t} that is used again.
 */
public final class ReusableOperation implements PollableFuture<Object> {
    private final OperationsMover mover;
    private final DataFuture<Object> future;

    /**
     * What is being prepared, by the thread that has claimed the future. The future has the last
     * one that was right.
     */
    private final Descriptor next = new Descriptor();

    private boolean prepared;

    ReusableOperation(OperationsMover mover, DataFuture<Object> future) {
        this.mover = mover;
        this.future = future;
    }

    /**
     * Prepares {@link DataOperations#fill(MemorySegment, long, VdmFlags)}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @param flags what to promise
     * @return this, idle
     */
    public ReusableOperation fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return prepare(next().fill(destination, pattern, flags));
    }

    /**
     * Prepares {@link DataOperations#compare}.
     *
     * @param first a range
     * @param second another of the same size
     * @return this, idle
     */
    public ReusableOperation compare(MemorySegment first, MemorySegment second) {
        return prepare(next().compare(first, second));
    }

    /**
     * Prepares {@link DataOperations#comparePattern}.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return this, idle
     */
    public ReusableOperation comparePattern(MemorySegment range, long pattern) {
        return prepare(next().comparePattern(range, pattern));
    }

    /**
     * Prepares {@link DataOperations#createDelta}.
     *
     * @param record where to write the record
     * @param original a range
     * @param modified another of the same size
     * @return this, idle
     */
    public ReusableOperation createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified) {
        return prepare(next().createDelta(record, original, modified));
    }

    /**
     * Prepares {@link DataOperations#applyDelta(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to change
     * @param record the record, cut to its size
     * @param flags what to promise
     * @return this, idle
     */
    public ReusableOperation applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags) {
        return prepare(next().applyDelta(destination, record, flags));
    }

    /**
     * Prepares {@link DataOperations#dualcast(MemorySegment, MemorySegment, MemorySegment,
     * VdmFlags)}.
     *
     * @param first a range to write
     * @param second another, whose address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags what to promise of both
     * @return this, idle
     */
    public ReusableOperation dualcast(
            MemorySegment first, MemorySegment second, MemorySegment source, VdmFlags flags) {
        return prepare(next().dualcast(first, second, source, flags));
    }

    /**
     * Prepares {@link DataOperations#crc32c(MemorySegment, CrcOptions)}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @return this, idle
     */
    public ReusableOperation crc32c(MemorySegment range, CrcOptions options) {
        return prepare(next().crc32c(range, options));
    }

    /**
     * Prepares {@link DataOperations#copyCrc32c(MemorySegment, MemorySegment, CrcOptions,
     * VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param options the seed, and what is reflected
     * @param flags what to promise
     * @return this, idle
     */
    public ReusableOperation copyCrc32c(
            MemorySegment destination, MemorySegment source, CrcOptions options, VdmFlags flags) {
        return prepare(next().copyCrc32c(destination, source, options, flags));
    }

    /**
     * Prepares {@link DataOperations#difCheck}.
     *
     * @param source protected blocks
     * @param config their size and protection
     * @return this, idle
     */
    public ReusableOperation difCheck(MemorySegment source, DifConfig config) {
        return prepare(next().difCheck(source, config));
    }

    /**
     * Prepares {@link DataOperations#difInsert}.
     *
     * @param destination the protected blocks to write
     * @param source the blocks
     * @param config their size and protection
     * @param flags what to promise
     * @return this, idle
     */
    public ReusableOperation difInsert(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags) {
        return prepare(next().dif(VdmOperationType.DIF_INSERT, destination, source, config, flags));
    }

    /**
     * Prepares {@link DataOperations#difStrip}.
     *
     * @param destination the blocks to write
     * @param source protected blocks
     * @param config their size and protection
     * @param flags what to promise
     * @return this, idle
     */
    public ReusableOperation difStrip(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags) {
        return prepare(next().dif(VdmOperationType.DIF_STRIP, destination, source, config, flags));
    }

    /**
     * Prepares {@link DataOperations#difUpdate}.
     *
     * @param destination the protected blocks to write
     * @param source protected blocks
     * @param config their size and both protections
     * @param flags what to promise
     * @return this, idle
     */
    public ReusableOperation difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags) {
        return prepare(next().dif(VdmOperationType.DIF_UPDATE, destination, source, config, flags));
    }

    /** To be written by this thread alone, until {@link #prepare}. */
    private Descriptor next() {
        future.beginPreparing();
        return next;
    }

    private ReusableOperation prepare(Descriptor written) {
        try {
            mover.checked(written);
        } catch (RuntimeException | Error e) {
            future.refuse();
            throw e;
        }
        future.arm(written);
        prepared = true;
        return this;
    }

    /**
     * Polls once, which starts the operation.
     *
     * @return this
     * @throws IllegalStateException if nothing was prepared yet
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public ReusableOperation start() {
        poll(Notifier.none());
        return this;
    }

    /**
     * The number behind the result, without an object: the offset of the first mismatch, or of the
     * first bad block, -1 for none; or the CRC, 0 to 0xFFFFFFFF; or the delta record's size. 0 for
     * other operations.
     *
     * @return the number
     * @throws IllegalStateException if the operation is not complete, or has failed
     */
    public long value() {
        requirePrepared();
        return future.value();
    }

    /**
     * How the operation ended.
     *
     * @return the result
     * @throws IllegalStateException if the operation is not complete
     */
    public VdmResult result() {
        requirePrepared();
        return future.result();
    }

    /**
     * What executed the operation.
     *
     * @return the path
     * @throws IllegalStateException if the operation is not complete
     */
    public ExecutionPath path() {
        requirePrepared();
        return future.path();
    }

    /**
     * Throws if the operation failed.
     *
     * @throws VdmException with the result, the status and what to do about it
     * @throws IllegalStateException if the operation is not complete
     */
    public void orThrow() {
        requirePrepared();
        future.orThrow();
    }

    @Override
    public FutureState state() {
        return future.state();
    }

    @Override
    public FutureState poll(Notifier notifier) {
        Objects.requireNonNull(notifier, "notifier");
        requirePrepared();
        return future.poll(notifier);
    }

    /**
     * The record that the operation of {@link DataOperations} produces; a new object on every call.
     */
    @Override
    public Object output() {
        requirePrepared();
        return future.output();
    }

    @Override
    public VdmException failure() {
        requirePrepared();
        return future.failure();
    }

    @Override
    public CompletableFuture<Object> toCompletableFuture() {
        requirePrepared();
        return future.toCompletableFuture();
    }

    @Override
    public CompletableFuture<Object> toCompletableFuture(Executor executor) {
        requirePrepared();
        return future.toCompletableFuture(executor);
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return future.hasProperty(property);
    }

    @Override
    public boolean cancel() {
        requirePrepared();
        return future.cancel();
    }

    private void requirePrepared() {
        if (!prepared) {
            throw new IllegalStateException(
                    "nothing prepared: call crc32c, compare or another operation first");
        }
    }

    @Override
    public String toString() {
        return prepared ? future.toString() : "not prepared";
    }
}
