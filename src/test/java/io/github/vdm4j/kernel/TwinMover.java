package io.github.vdm4j.kernel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.DataFuture;
import io.github.vdm4j.operation.OperationsMover;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A mover that does nothing but call {@link JvmOperations}. */
final class TwinMover extends OperationsMover {
    @Override
    protected VdmFuture newFuture() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected <R> DataFuture<R> newDataFuture() {
        return new DataFuture<>() {
            @Override
            protected FutureState advance(Notifier notifier) {
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
        return new BatchFuture(tasks) {
            @Override
            protected FutureState advance(Notifier notifier) {
                tasks().forEach(
                        task -> JvmOperations.execute(task.descriptor(), task.completion()));
                return succeed(ExecutionPath.JVM);
            }

            @Override
            public boolean hasProperty(FutureProperty property) {
                return false;
            }
        };
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
        return "twin";
    }
}
