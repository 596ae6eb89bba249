package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/** A mover of the tests with a given executor. */
public final class ExecutorMover extends AbstractDataMover {
    private final VdmExecutor executor;

    public ExecutorMover(VdmExecutor executor) {
        this.executor = executor;
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return true;
    }

    @Override
    public String name() {
        return "executor";
    }
}
