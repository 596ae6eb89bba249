package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import java.util.Set;

/** The contract of movers for {@link SyncDataMover}. */
class SyncDataMoverTest extends VdmContract {

    @Override
    protected Vdm open() {
        return SyncDataMover.open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }
}
