package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.dml.internal.BatchProgram;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.TaskFailures;
import io.github.vdm4j.future.FutureState;

/** Starts the batches of a mover. */
final class DmlBatches {
    /** Made when the first batch is started. */
    private static final class InWords {
        static final TaskFailures FAILURES = DmlFailures::failed;

        private InWords() {}
    }

    private final DmlEngine engine;
    private final AutoOperations auto;

    DmlBatches(DmlEngine engine, AutoOperations auto) {
        this.engine = engine;
        this.auto = auto;
    }

    DmlEngine engine() {
        return engine;
    }

    FutureState start(DmlBatchFuture future) {
        if (auto.takes(future.work(), future.byteSize())) {
            return engine.closing() ? DmlFailures.closed(future) : auto.execute(future);
        }
        Job job = engine.takeJob();
        if (job == null) {
            return engine.closing()
                    ? DmlFailures.closed(future)
                    : DmlFailures.outOfJobs(future, engine.pool());
        }
        BatchProgram program = job.batch()
                .begin(future.work(), engine.durability(), InWords.FAILURES, future.memory());
        if (!program.pin()) {
            engine.release(future, job);
            return DmlFailures.bufferClosed(future);
        }
        try {
            return engine.proceed(future, program);
        } catch (WrongThreadException e) {
            if (program.hasBegun()) {
                future.hold(program);
            } else {
                // Nothing was submitted: the future stays idle, for a thread that may.
                engine.release(future, job);
            }
            throw e;
        }
    }
}
