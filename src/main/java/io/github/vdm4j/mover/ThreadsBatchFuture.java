package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.execution.TaskSequence;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import java.util.List;

/** A batch of a {@link ThreadsDataMover}: its tasks in order, on one worker. */
final class ThreadsBatchFuture extends BatchFuture {
    private final ThreadsDataMover mover;
    private final JvmExecution execution;
    private final TaskSequence sequence;
    private final Handover handover;

    ThreadsBatchFuture(ThreadsDataMover mover, JvmExecution execution, List<BatchTask> tasks) {
        super(tasks);
        this.mover = mover;
        this.execution = execution;
        sequence = new TaskSequence(tasks);
        handover = new Handover(mover, this, this::work);
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        if (!handover.isStarted()) {
            String reason = sequence.pin();
            if (reason != null) {
                return fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, reason, null);
            }
        }
        FutureState reached = handover.advance(notifier);
        if (reached == FutureState.IDLE) {
            sequence.unpin();
            return mover.isClosed()
                    ? fail(ExecutionPath.NONE, VdmResult.CLOSED, null,
                            "failed: the mover was closed", null)
                    : FutureState.IDLE;
        }
        return reached == FutureState.COMPLETE ? succeed(ExecutionPath.JVM) : reached;
    }

    @Override
    protected boolean canAdvance() {
        return handover.isDone();
    }

    private void work() {
        sequence.execute(execution);
        sequence.unpin();
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
