package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.Descriptor;

/** Starts the data operations of a mover. */
final class DmlOperations {
    private final DmlEngine engine;

    DmlOperations(DmlEngine engine) {
        this.engine = engine;
    }

    DmlEngine engine() {
        return engine;
    }

    FutureState start(EngineFuture future, Descriptor descriptor) {
        return future.failed(
                ExecutionPath.NONE, VdmResult.UNSUPPORTED, null, "is not built yet: " + descriptor.type(), null);
    }
}
