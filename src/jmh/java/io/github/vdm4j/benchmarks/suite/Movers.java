package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The movers. Each mover opens at its first use, because a spinning mover would slow other
 * benchmarks down.
 */
@State(Scope.Thread)
public class Movers {
    private Vdm opened;
    private VdmOperation operation;

    DmlDataMover dml(DmlPath path) {
        if (opened == null) {
            opened = DmlDataMover.builder().path(path).nativeMemoryIsPersistent(true).open();
        }
        return (DmlDataMover) opened;
    }

    Vdm threads() {
        if (opened == null) {
            opened = ThreadsDataMover.builder()
                    .threads(1)
                    .workerStrategy(WorkerStrategy.SPIN)
                    .open();
        }
        return opened;
    }

    Vdm sync() {
        if (opened == null) {
            opened = SyncDataMover.open();
        }
        return opened;
    }

    VdmOperation reusable(DmlPath path) {
        if (operation == null) {
            operation = dml(path).newOperation();
        }
        return operation;
    }

    /** Closes the mover. */
    @TearDown
    public void close() {
        if (opened != null) {
            opened.close();
        }
    }

    static VdmFuture<VdmOutput> finish(VdmFuture<VdmOutput> future) {
        while (future.poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
        future.orThrow();
        return future;
    }

    static VdmOperation finish(VdmOperation started) {
        while (started.poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
        started.orThrow();
        return started;
    }
}
