package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import java.util.Set;

/** {@link ThreadsDataMover}: the contract. */
class ThreadsDataMoverTest extends VdmContract {

    @Override
    protected Vdm open() {
        return ThreadsDataMover.open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }

    @Override
    protected boolean takesConfinedSegments() {
        return false;
    }
}
