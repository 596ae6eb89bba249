package io.github.vdm4j;

import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.trace.OperationTrace;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * The descriptor and the completion record of an operation, for a {@link VdmExecutor}. Users of a
 * mover hold the same object as a {@link VdmFuture}.
 *
 * <p>The descriptor does not change between {@link VdmExecutor#start} and the end of the operation.
 * The thread that executes the operation writes the completion record with {@link #succeed} or
 * {@link #fail}. A task of a batch is an operation, too, but is not polled.
 *
 * <p>C counterpart: the fields of {@code dml_job_t} that an operation takes; a descriptor and a
 * completion record of DSA.
 *
 * @param <R> the type of the output
 */
public final class Operation<R> extends OperationRecord<R> {
    /** Null for a task of a batch. */
    private final AbstractDataMover mover;
    private final VdmExecutor executor;
    private Object attachment;

    // Guarded by the list that the operation is in.
    Operation<?> previous;
    Operation<?> next;
    PendingList list;
    long place;

    Operation(AbstractDataMover mover) {
        this.mover = mover;
        executor = mover == null ? null : mover.executor();
    }

    /** Marks an operation that is prepared later. */
    void leaveUnprepared() {
        withhold();
    }

    @Override
    protected String whyWithheld() {
        return FailureName.NOT_PREPARED.endOf(
                "nothing prepared: call memcpy, crc32c or another operation first");
    }

    /**
     * Writes the descriptor anew.
     *
     * @throws IllegalStateException if the operation is running, or another thread prepares it
     */
    void prepare(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags) {
        withdraw();
        describe(type, to, from, second, pattern, options, flags);
        becomeIdle();
    }

    /**
     * Makes the operation idle again, with the descriptor that it has.
     *
     * @throws IllegalStateException if the operation is running, was never prepared, or another
     *     thread prepares it
     */
    void prepareAgain() {
        claim(); // before the fields are read: another thread must not write them meanwhile
        try {
            if (destination() == null && source() == null && type() == VdmOperationType.MEMCPY) {
                throw new IllegalStateException(whyWithheld());
            }
            mover.check(type(), destination(), source(), second(),
                    operands == null ? null : operands.options, flags());
        } catch (Throwable e) {
            reinstate();
            throw e;
        }
        renew();
        reset();
        becomeIdle();
    }

    /** Makes this the future of a batch, of the tasks that the list has when it starts. */
    void prepareBatch(TaskList tasks) {
        withdraw();
        describe(VdmOperationType.BATCH, null, null, null, 0, null, VdmFlags.NONE);
        operands.tasks = tasks;
        becomeIdle();
    }

    /** {@return what the executor has attached to the operation, or null} */
    public Object attachment() {
        return attachment;
    }

    /**
     * Attaches an object of the executor. It stays until the executor replaces it, also when the
     * operation is prepared anew.
     *
     * @param object the object, or null
     */
    public void attach(Object object) {
        attachment = object;
    }

    /**
     * Hands the operation over: from now on the executor owns it, and polls only read its state.
     * {@link VdmExecutor#start} or {@link VdmExecutor#resume} calls this before another thread can
     * see the operation, and returns null then.
     */
    public void handOver() {
        if (isStarting()) {
            mover.tally().begun();
        }
        detach();
        Seam.at("hand over and link");
    }

    /** Ends an operation that was handed over. Its completion record must be written. */
    public void complete() {
        recordEnd(false);
        completeDetached();
    }

    /**
     * Ends an operation that was handed over with a failure of the executor.
     *
     * @param thrown what ended it
     */
    public void completeBroken(Throwable thrown) {
        Objects.requireNonNull(thrown, "thrown");
        completeWith(thrown);
        complete();
    }

    /**
     * Continues an operation that was handed over. The current thread polls it from now on.
     *
     * @return the state reached
     */
    public FutureState takeOver() {
        return resumeDetached();
    }

    /**
     * Runs work of an executor that may complete operations, before callbacks of users. A callback
     * may block, and must not hold up the work.
     *
     * @param work the work
     */
    public static void beforeCallbacks(Runnable work) {
        runBeforeCallbacks(Objects.requireNonNull(work, "work"));
    }

    /** Counts a retry of a part that found a work queue full. */
    public void countRetry() {
        if (mover != null) {
            mover.tally().retried();
        }
    }

    /**
     * {@return whether a thread awaits the operation and no other future at the same time} It makes
     * no sense to leave such a thread free.
     */
    public boolean isAwaited() {
        return hasLoneWaiter();
    }

    /**
     * Returns whether the operation may block the current thread, which advances it.
     *
     * @return true if a platform thread of the user awaits the operation without a timeout
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
            if (OperationTrace.isOn()) {
                tracePoll(first);
            }
            reached = !first ? executor.resume(this)
                    : mover.isClosed() ? failClosed() : executor.start(this);
        } catch (WrongThreadException e) {
            throw e;
        } catch (Throwable e) {
            completeWith(e);
            reached = FutureState.COMPLETE;
        }
        if (reached == FutureState.COMPLETE) {
            recordEnd(first);
        } else if (reached == FutureState.RUNNING) {
            if (first) {
                mover.tally().begun();
            }
            if (notifier.waker() != null && isWatched()) {
                notifier.useWaker();
            }
        }
        return reached;
    }

    /** An executor that cannot watch leaves the operation to its pollers. */
    private boolean isWatched() {
        try {
            return executor.watch(this);
        } catch (Throwable e) { // the heap may be full while the device executes the operation
            LibraryThread.report(e);
            return false;
        }
    }

    private void tracePoll(boolean first) {
        try {
            OperationTrace.poll(this, first);
        } catch (Throwable e) { // the operation goes on without a trace
            LibraryThread.report(e);
        }
    }

    /** Counts and traces the end. Nothing that fails here keeps the operation from completing. */
    private void recordEnd(boolean inFirstPoll) {
        try {
            if (howItEnded() == VdmResult.SUCCESS) {
                mover.tally().succeeded(byteSize(), inFirstPoll);
            } else {
                mover.tally().failed(inFirstPoll);
            }
            if (OperationTrace.isOn()) {
                OperationTrace.end(this, type().toString(), byteSize(), mover.name(),
                        executedBy().name(), howItEnded().name());
            }
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    @Override
    protected void published() {
        executor.handOff();
    }

    @Override
    protected void polledWhileDetached() {
        executor.reap(this);
    }

    @Override
    protected void answerWhileDetached(Notifier notifier) {
        executor.answer(this, notifier);
    }

    @Override
    protected boolean takeFromDriver() {
        if (!executor.cancelPending(this)) {
            return false;
        }
        completeWith(new CancellationException()); // before the end is counted and traced
        recordEnd(false);
        return true;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && executor.isAsync(this);
    }

    @Override
    public long bytesDone() {
        return state() == FutureState.COMPLETE ? done()
                : state() == FutureState.IDLE ? 0 : executor.bytesDone(this);
    }

    @Override
    public String toString() {
        return tasks() == null ? "%s, %s".formatted(description(), state())
                : "batch of %,d tasks, %,d bytes, %s".formatted(tasks().size(), byteSize(),
                        state());
    }
}
