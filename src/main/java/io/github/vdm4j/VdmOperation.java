package io.github.vdm4j;

import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A reusable operation for hot loops. It can be prepared and started repeatedly without an
 * allocation.
 *
 * {@snippet lang=java :
 *     VdmOperation operation = mover.newOperation().startWhenPrepared(); // the only allocation
 *     for (MemorySegment slot : slots) {
 *         operation.memcpy(slot, record, VdmFlags.NONE);
 *         while (operation.poll() != FutureState.COMPLETE) {
 *             Thread.onSpinWait();
 *         }
 *         operation.orThrow();
 *     }
 * }
 *
 * <p>A prepared operation is a future, and all threads may poll it. Before the first preparation,
 * polls throw an {@link IllegalStateException}. Only one thread at a time may prepare it. If two
 * threads prepare it at the same time, a method throws an {@link IllegalStateException}.
 *
 * <p>C counterpart: a reused {@code dml_job_t}. miniasync creates a new future for each operation.
 */
public final class VdmOperation
        extends
            AbstractOperationMethods<VdmOperation, VdmOperation, VdmOperation, VdmOperation,
                    VdmOperation>
        implements
            PollableFuture<Object> {
    private final AbstractDataMover mover;
    private final Operation<Object> future;
    private boolean starts;

    VdmOperation(AbstractDataMover mover) {
        this.mover = mover;
        future = new Operation<>(mover);
        future.leaveUnprepared();
    }

    /**
     * Makes each later preparation start the operation, too. This takes less time than a
     * preparation and a first poll (docs/adr/0033). The preparing methods then also throw what
     * {@link #poll()} throws. If the operation cannot start on this thread, it stays idle.
     *
     * @return this operation
     */
    public VdmOperation startWhenPrepared() {
        starts = true;
        return this;
    }

    /**
     * Prepares {@link Vdm#drain()}.
     *
     * @return this operation, idle
     * @throws IllegalStateException if the mover is closed, if the operation is running, or if
     *     another thread prepares it
     */
    public VdmOperation drain() {
        return describe(VdmOperationType.DRAIN, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Prepares the last operation again with the same segments.
     *
     * @return this operation, idle
     * @throws IllegalStateException if nothing was prepared yet, if the operation is running, or if
     *     a segment's arena or the mover is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation again() {
        future.prepareAgain(starts);
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // Each method of this class returns an operation.
    <S> S describe(VdmOperationType type, MemorySegment destination,
            MemorySegment source, MemorySegment second, long pattern, Object options,
            VdmFlags flags) {
        mover.check(type, destination, source, second, options, flags);
        future.prepare(type, destination, source, second, pattern, options, flags, starts);
        return (S) this;
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
     * Returns the number of the result without an allocation. For a comparison or a check, it is
     * the offset of the first mismatch or bad block, or -1. For a CRC, it is the CRC from 0 to
     * 0xFFFFFFFF. For a new delta, it is the record's size in bytes.
     *
     * @return the number, or 0 for operations without a number
     * @throws IllegalStateException if the operation is not complete or has failed
     */
    public long value() {
        return future.valueOrThrow();
    }

    /**
     * {@return the result of the operation}
     *
     * @throws IllegalStateException if the operation is not complete
     */
    public VdmResult result() {
        return future.result();
    }

    /**
     * {@return the number of bytes that are certainly processed, see {@link VdmFuture#bytesDone()}}
     */
    public long bytesDone() {
        return future.bytesDone();
    }

    /**
     * {@return the path that executed the operation}
     *
     * @throws IllegalStateException if the operation is not complete
     */
    public ExecutionPath path() {
        return future.path();
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

    // The next methods tell the executor that the caller awaits only this operation.

    @Override
    public void busyPoll() {
        future.busyPoll();
    }

    @Override
    public Object await() {
        return future.await();
    }

    /** Returns the output of the operation. It is a new object on every call. */
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
        return future.isPrepared() ? future.toString() : "not prepared";
    }
}
