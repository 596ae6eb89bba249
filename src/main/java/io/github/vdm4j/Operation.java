package io.github.vdm4j;

import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.trace.OperationTrace;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;

/**
 * The descriptor and the completion record of an operation for a {@link VdmExecutor}. A user of the
 * mover has the same object with the type {@link VdmFuture}.
 *
 * <p>The descriptor does not change between {@link VdmExecutor#start} and the end of the operation.
 * The thread that executes the operation writes the completion record with {@link #succeed} or
 * {@link #fail}. A task of a batch is an operation, too, but no thread polls it.
 *
 * <p>C counterpart: the fields of {@code dml_job_t} for an operation, and the descriptor and
 * completion record of DSA.
 *
 * @param <R> the type of the output
 */
public final class Operation<R> extends OperationRecord<R> {
    /** The mover, or null for a task of a batch. */
    private final AbstractDataMover mover;
    private final VdmExecutor executor;

    // Guarded by the list that contains the operation.
    Operation<?> previous;
    Operation<?> next;
    PendingList list;

    /**
     * The epoch in which the operation began to run, or 0 before. A drain that waits has the
     * negative {@linkplain OperationTally#mark mark}. Used by the driver.
     */
    private long epoch;

    Operation(AbstractDataMover mover) {
        this.mover = mover;
        executor = mover == null ? null : mover.executor();
    }

    /**
     * {@return a part of this operation as a separate operation} It is not durable. The executor
     * executes it and reads its completion record. No thread polls it.
     *
     * @param to the part of the destination, or null
     * @param from the part of the source, or null
     * @param second the part of the second range, or null
     * @param options the options of a CRC or DIF operation for the part, or null
     */
    public Operation<?> part(MemorySegment to, MemorySegment from, MemorySegment second,
            Object options) {
        var part = new Operation<>(null);
        part.describe(type(), to, from, second, pattern(), options,
                isForCache() ? VdmFlags.NONE : VdmFlags.NO_CACHE_HINT);
        return part;
    }

    void leaveUnprepared() {
        markUnprepared();
    }

    boolean isPrepared() {
        return destination() != null || source() != null || type() != VdmOperationType.MEMCPY;
    }

    @Override
    protected String unpreparedMessage() {
        return FailureName.NOT_PREPARED.endOf(
                "nothing prepared: call memcpy, crc32c or another operation first");
    }

    /**
     * Replaces the descriptor. If the operation is running, or another thread prepares it, this
     * throws an {@link IllegalStateException}.
     *
     * @param starts whether the operation starts at once
     */
    void prepare(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags, boolean starts) {
        withdrawFor(type);
        describe(type, to, from, second, pattern, options, flags);
        endPreparation(starts);
    }

    /** Withdraws the operation from pollers. In a full heap, the operation stays as it was. */
    private void withdrawFor(VdmOperationType type) {
        claim();
        if (operands == null && type.ordinal() > VdmOperationType.FLUSH.ordinal()) {
            try {
                operands = new Operands();
            } catch (Throwable e) {
                reinstate();
                throw e;
            }
        }
        endRegistrations();
    }

    private void endPreparation(boolean starts) {
        if (starts) {
            startWithdrawn();
        } else {
            becomeIdle();
        }
    }

    /** Prepares the operation again with its current descriptor. */
    void prepareAgain(boolean starts) {
        // This precedes the reads of the fields, because another thread must not write them during
        // these reads.
        claim();
        try {
            if (!isPrepared()) {
                throw new IllegalStateException(unpreparedMessage());
            }
            mover.check(type(), destination(), source(), second(),
                    operands == null ? null : operands.options, flags());
        } catch (Throwable e) {
            reinstate();
            throw e;
        }
        endRegistrations();
        reset();
        endPreparation(starts);
    }

    /**
     * Makes this operation the future of a batch. Its tasks are the tasks in the list at the start.
     */
    void prepareBatch(Batch.TaskList tasks) {
        withdrawFor(VdmOperationType.BATCH);
        describe(VdmOperationType.BATCH, null, null, null, 0, null, VdmFlags.NONE);
        operands.tasks = tasks;
        becomeIdle();
    }

    /**
     * Passes the operation to the executor. After this call, the executor owns the operation, and
     * polls only read its state. {@link VdmExecutor#start} or {@link VdmExecutor#resume} calls this
     * and then returns null. The call precedes the access of another thread.
     */
    public void handOver() {
        begin();
        detach();
        Seam.step();
    }

    /** {@return whether the operation was {@linkplain #handOver handed over} and is incomplete} */
    public boolean isHandedOver() {
        return isDetached();
    }

    /**
     * Completes an operation that was handed over. The executor has written its completion record.
     */
    public void complete() {
        recordEnd();
        completeDetached();
    }

    /**
     * Completes an operation that was handed over with a failure of the executor.
     *
     * @param thrown the throwable that ended the operation
     */
    public void completeBroken(Throwable thrown) {
        failWith(thrown);
        complete();
    }

    /**
     * Continues an operation that was handed over. The current thread polls it after this call.
     *
     * @return the state of the operation
     */
    public FutureState resumeHere() {
        return resumeDetached();
    }

    /** Counts a retry of a part after a full work queue. */
    public void countRetry() {
        if (mover != null) {
            mover.tally().retried();
        }
    }

    /** {@return whether a thread awaits only this operation} Such a thread has no other work. */
    public boolean isAwaited() {
        return hasLoneWaiter();
    }

    /**
     * {@return whether a platform thread of the user awaits the operation without a timeout} The
     * operation may block such a thread. The thread that advances the operation calls this.
     */
    public boolean mayBlockCaller() {
        return isAwaitedByCaller() && !Thread.currentThread().isVirtual()
                && !LibraryThread.isCurrent();
    }

    /** Polls the operation if it is running and was not handed over. */
    public void advanceIfRunning() {
        pollIfRunning();
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        boolean first = isStarting();
        FutureState reached;
        try {
            OperationTrace.poll(this, first);
            reached = requireState(
                    first ? start() : epoch < 0 ? drain() : executor.resume(this));
        } catch (WrongThreadException e) {
            requireAccess(); // Its message has the remedy. It returns if the arena was closed.
            if (!first) {
                throw e;
            }
            reached = fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null,
                    "failed: a segment can no longer be used: its arena was closed", e);
        } catch (Throwable e) {
            bits |= BROKEN; // This precedes all calls, because the stack may be full.
            reached = failWith(e);
        }
        if (reached == FutureState.COMPLETE) {
            recordEnd();
        } else if (reached == FutureState.RUNNING && epoch >= 0) {
            begin();
            if (notifier.waker() != null && isWatched()) {
                notifier.useWaker();
            }
        }
        return reached;
    }

    /** Counts the operation, because it is still running after a poll. */
    private void begin() {
        if (epoch == 0) {
            epoch = mover.tally().begun();
        }
    }

    /**
     * Starts the operation. A thread that closes the mover waits for the end of this method, unless
     * the operation is brief.
     */
    private FutureState start() {
        if ((bits & BROKEN) != 0) { // A second execution could move the same bytes again.
            throw new StackOverflowError("in an earlier poll");
        }
        if (type() == VdmOperationType.DRAIN && !mover.isClosed()) {
            attach(null);
            epoch = -mover.tally().mark();
            return drain();
        }
        if (executor.isBrief(this)) {
            return mover.isClosed() ? failClosed() : executor.start(this);
        }
        OperationTally tally = mover.tally();
        int note = tally.enter();
        try {
            return mover.isClosed() ? failClosed() : executor.start(this);
        } finally {
            tally.leave(note);
        }
    }

    /** Starts a drain after the operations that it waits for have ended. */
    private FutureState drain() {
        OperationTally tally = mover.tally();
        if (!tally.isPast(-epoch)) {
            executor.reap(this);
            return FutureState.RUNNING;
        }
        int note = tally.enter();
        try {
            epoch = 0;
            FutureState reached = mover.isClosed() ? succeed(ExecutionPath.NONE)
                    : executor.start(this);
            if (reached == FutureState.IDLE) {
                epoch = -1; // The next poll tries again.
                return FutureState.RUNNING;
            }
            return reached;
        } finally {
            tally.leave(note);
        }
    }

    /**
     * Returns whether the executor watches the operation. If it cannot, pollers have to poll the
     * operation.
     */
    private boolean isWatched() {
        try {
            return executor.watch(this);
        } catch (Throwable e) { // The heap may be full while the device executes the operation.
            LibraryThread.report(e);
            return false;
        }
    }

    /** Counts and traces the end. A failure of this method does not prevent the completion. */
    private void recordEnd() {
        try {
            if (recordedResult() == VdmResult.SUCCESS) {
                mover.tally().succeeded(byteSize(), epoch > 0);
            } else {
                mover.tally().failed(epoch > 0);
            }
            if (OperationTrace.isOn()) {
                OperationTrace.end(this, type().toString(), byteSize(), mover.name(),
                        executedBy().name(), recordedResult().name());
            }
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    @Override
    protected long publishing() {
        long began = epoch;
        if (began != 0) {
            epoch = 0;
        }
        return began;
    }

    @Override
    protected void published(long began) {
        if (began > 0) {
            mover.tally().ended(began);
        }
        executor.handOff();
    }

    @Override
    protected void polledWhileDetached() {
        executor.reap(this);
    }

    @Override
    protected boolean workWhileAwaited() {
        return executor.workWhileAwaited(this);
    }

    @Override
    protected void answerWhileDetached(Notifier notifier) {
        executor.answer(this, notifier);
    }

    @Override
    protected boolean takeFromDriver() {
        var cancelled = new CancellationException(); // Afterwards, a full heap would be too late.
        if (!executor.cancelPending(this)) {
            return false;
        }
        // This precedes the count and the trace of the end.
        completeWith(cancelled);
        recordEnd();
        return true;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && executor.isAsync(this);
    }

    @Override
    public long bytesDone() {
        FutureState seen = state();
        long bytes = seen == FutureState.RUNNING ? executor.bytesDone(this) : 0;
        // The operation may have ended during the call of the executor.
        return state() == FutureState.COMPLETE ? recordedBytes() : bytes;
    }

    @Override
    public String toString() {
        return "%s, %s".formatted(tasks() == null ? description() : tasks(), state());
    }
}
