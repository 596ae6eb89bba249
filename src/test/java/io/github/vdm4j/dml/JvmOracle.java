package io.github.vdm4j.dml;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.kernel.JvmOperations;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.DataFuture;
import io.github.vdm4j.operation.OperationsMover;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A mover that executes every data operation with the kernels in Java, in the first poll. */
final class JvmOracle extends OperationsMover {

    @Override
    protected <R> DataFuture<R> newDataFuture() {
        return new DataFuture<>() {
            @Override
            protected FutureState advance(Notifier notifier) {
                notifier.useNone();
                JvmOperations.execute(descriptor(), completion());
                return completed();
            }

            @Override
            public boolean hasProperty(FutureProperty property) {
                return false;
            }
        };
    }

    @Override
    protected BatchFuture newBatchFuture(List<BatchTask> tasks) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected VdmFuture newFuture() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {}

    @Override
    protected void shutDown() {}

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return flags.equals(VdmFlags.NONE);
    }

    @Override
    public String name() {
        return "oracle";
    }
}
