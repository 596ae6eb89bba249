package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.execution.Access;
import io.github.vdm4j.execution.Pins;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.DataFuture;

/** A data operation of a {@link SyncDataMover}. */
final class SyncDataFuture<R> extends DataFuture<R> {
    private final SyncDataMover mover;
    private final JvmExecution execution;
    private final Pins pins = new Pins();

    SyncDataFuture(SyncDataMover mover, JvmExecution execution) {
        this.mover = mover;
        this.execution = execution;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        if (mover.isClosed()) {
            return fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed",
                    null);
        }
        Access.require(descriptor());
        if (!pins.pin(descriptor())) {
            return fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, Pins.CLOSED, null);
        }
        try {
            execution.execute(descriptor(), completion());
        } finally {
            pins.unpin();
        }
        return completed();
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
