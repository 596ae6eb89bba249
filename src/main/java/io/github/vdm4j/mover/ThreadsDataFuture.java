package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.execution.Pins;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.DataFuture;

/** A data operation of a {@link ThreadsDataMover}. */
final class ThreadsDataFuture<R> extends DataFuture<R> {
    private static final long NOT_BEGUN = -1;

    private final ThreadsDataMover mover;
    private final JvmExecution execution;
    private final Pins pins = new Pins();
    private final Handover handover;

    /** Of a drain that has begun: what it waits for is before this. */
    private long mark = NOT_BEGUN;

    ThreadsDataFuture(ThreadsDataMover mover, JvmExecution execution) {
        this.mover = mover;
        this.execution = execution;
        handover = new Handover(mover, this, this::work);
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        if (type() == VdmOperationType.DRAIN) {
            return drain();
        }
        if (!handover.isStarted() && !pins.pin(descriptor())) {
            return fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, Pins.CLOSED, null);
        }
        FutureState reached = handover.advance(notifier);
        if (reached == FutureState.IDLE) {
            pins.unpin();
            return mover.isClosed()
                    ? fail(ExecutionPath.NONE, VdmResult.CLOSED, null,
                            "failed: the mover was closed", null)
                    : FutureState.IDLE;
        }
        return reached == FutureState.COMPLETE ? completed() : reached;
    }

    /** No matter for the workers, of whom each knows only what it does itself. */
    private FutureState drain() {
        if (mark == NOT_BEGUN) {
            if (mover.isClosed()) {
                return fail(ExecutionPath.NONE, VdmResult.CLOSED, null,
                        "failed: the mover was closed", null);
            }
            mark = mover.mark();
        }
        if (!mover.isPast(mark)) {
            return FutureState.RUNNING;
        }
        completion().succeed(ExecutionPath.JVM);
        return completed();
    }

    @Override
    protected boolean canAdvance() {
        return handover.isDone() || mark != NOT_BEGUN;
    }

    private void work() {
        execution.execute(descriptor(), completion());
        pins.unpin();
    }

    @Override
    protected OperationTally tally() {
        return mover.tally();
    }

    @Override
    protected String moverName() {
        return mover.name();
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC;
    }
}
