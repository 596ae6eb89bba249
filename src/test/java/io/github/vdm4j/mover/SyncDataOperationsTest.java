package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.Set;

/** The contract of the data operations for {@link SyncDataMover}. */
class SyncDataOperationsTest extends DataOperationsContract {

    @Override
    protected Vdm open() {
        return SyncDataMover.open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }
}
