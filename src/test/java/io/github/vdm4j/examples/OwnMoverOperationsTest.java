package io.github.vdm4j.examples;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.Set;

/** The contract of the data operations for {@link OwnMover}. */
class OwnMoverOperationsTest extends DataOperationsContract {

    @Override
    protected Vdm open() {
        return new OwnMover();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }
}
