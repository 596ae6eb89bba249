package io.github.vdm4j.jvm;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;

/** A mover that only calls {@link JvmOperations}. */
final class TwinMover extends AbstractDataMover {
    private final VdmExecutor executor = TwinMover::execute;

    private static FutureState execute(Operation<?> operation) {
        if (operation.type() == VdmOperationType.BATCH) {
            operation.tasks().forEach(JvmOperations::execute);
            return operation.succeed(ExecutionPath.JVM);
        }
        JvmOperations.execute(operation);
        return FutureState.COMPLETE;
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return flags.equals(VdmFlags.NONE);
    }

    @Override
    public String name() {
        return "twin";
    }
}
