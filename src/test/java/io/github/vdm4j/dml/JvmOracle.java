package io.github.vdm4j.dml;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.jvm.JvmOperations;
import java.lang.foreign.MemorySegment;

/** A mover that executes every data operation with the kernels in Java, in the first poll. */
final class JvmOracle extends AbstractDataMover {
    private final VdmExecutor executor = operation -> {
        JvmOperations.execute(operation);
        return FutureState.COMPLETE;
    };

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
        return "oracle";
    }
}
