package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.Set;

/** The contract of the data operations for {@link ThreadsDataMover}. */
class ThreadsDataOperationsTest extends DataOperationsContract {

    @Override
    protected Vdm open() {
        return ThreadsDataMover.builder().threads(3).open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }
}
