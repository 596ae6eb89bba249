package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;

/** A copy, fill or flush of a {@link SyncDataMover}. */
final class SyncFuture extends JvmFuture {
    private final SyncDataMover mover;
    private final Durability durability;

    SyncFuture(SyncDataMover mover, Durability durability) {
        this.mover = mover;
        this.durability = durability;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        if (mover.isClosed()) {
            return fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed",
                    null);
        }
        requireAccess();
        MemoryRegion onto = MemoryRegions.find(destination());
        MemoryRegion of = MemoryRegions.find(source());
        if (pin(onto, of)) {
            try {
                execute(MoveFunctions.STANDARD, durability);
            } finally {
                MemoryRegions.unpin(onto, of);
            }
        }
        return FutureState.COMPLETE;
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
