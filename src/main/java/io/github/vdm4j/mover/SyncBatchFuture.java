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

/** A batch of a {@link SyncDataMover}: its tasks in order, in the first poll. */
final class SyncBatchFuture extends BatchFuture {
    private final SyncDataMover mover;
    private final JvmExecution execution;
    private final TaskSequence sequence;

    SyncBatchFuture(SyncDataMover mover, JvmExecution execution, List<BatchTask> tasks) {
        super(tasks);
        this.mover = mover;
        this.execution = execution;
        sequence = new TaskSequence(tasks);
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        if (mover.isClosed()) {
            return fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed",
                    null);
        }
        String reason = sequence.pin();
        if (reason != null) {
            return fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, reason, null);
        }
        try {
            sequence.execute(execution);
        } finally {
            sequence.unpin();
        }
        return succeed(ExecutionPath.JVM);
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
        return false;
    }
}
