package io.github.vdm4j.examples;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/** A user's own mover. It copies and counts bytes. SyncDataMover executes other operations. */
public final class OwnMover extends AbstractDataMover {
    private final SyncDataMover rest = SyncDataMover.open();
    private final VdmExecutor executor = this::start;
    private final LongAdder copied = new LongAdder();

    /** SyncDataMover copies mapped files, because a program can truncate them during the copy. */
    private static boolean isPlainCopy(Operation<?> operation) {
        return operation.type() == VdmOperationType.MEMCPY && !operation.isDurable()
                && operation.byteSize() > 0
                && !operation.destination().isMapped() && !operation.source().isMapped();
    }

    private FutureState start(Operation<?> operation) {
        if (!isPlainCopy(operation)) {
            return rest.executor().start(operation);
        }
        try {
            operation.destination().copyFrom(operation.source());
        } catch (IllegalStateException closed) {
            return operation.fail(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null,
                    "failed: a segment can no longer be used: " + closed.getMessage(), closed);
        }
        copied.add(operation.byteSize());
        return operation.succeed(ExecutionPath.JVM);
    }

    long copied() {
        return copied.sum();
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return rest.isSupported(flags, destination);
    }

    @Override
    public String name() {
        return "own";
    }
}
