package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.operation.DataOperations;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.Set;

/** {@link SyncDataMover}: the contract of the data operations. */
class SyncDataOperationsTest extends DataOperationsContract {

    @Override
    protected DataOperations open() {
        return SyncDataMover.open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }
}
