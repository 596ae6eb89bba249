package io.github.vdm4j.dml;

import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.internal.DataProgram;
import io.github.vdm4j.dml.internal.DrainWatch;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.Durability.Refusal;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.kernel.JvmOperations;
import io.github.vdm4j.operation.CompletionRecord;
import io.github.vdm4j.operation.Descriptor;

/** Starts the data operations of a mover. */
final class DmlOperations {
    private final DmlEngine engine;
    private final Durability durability;
    private final AutoOperations auto;

    DmlOperations(DmlEngine engine, AutoOperations auto) {
        this.engine = engine;
        this.auto = auto;
        durability = engine.durability();
    }

    DmlEngine engine() {
        return engine;
    }

    DrainWatch newWatch() {
        return new DrainWatch(engine.pool());
    }

    FutureState start(DmlDataFuture<?> future, Descriptor what, CompletionRecord completion) {
        if (what.byteSize() == 0 && what.type() != VdmOperationType.NOP) {
            if (engine.closing()) {
                return DmlFailures.closed(future);
            }
            JvmOperations.execute(what, completion); // of nothing: for what the result is then
            return future.done();
        }
        if (auto.takes(what)) {
            return engine.closing() ? DmlFailures.closed(future)
                    : auto.execute(future, what, completion);
        }
        WriteBackKind first = null;
        WriteBackKind second = null;
        if (what.isDurable()) {
            first = durability.kindOf(what.destination());
            Refusal refusal = durability.refusal(what.destination(), first, true);
            if (refusal == null && what.secondDestination() != null) {
                second = durability.kindOf(what.secondDestination());
                refusal = durability.refusal(what.secondDestination(), second, true);
            }
            if (refusal != null) {
                return DmlFailures.notDurable(future, refusal);
            }
        }
        Job job = engine.takeJob();
        if (job == null) {
            return engine.closing()
                    ? DmlFailures.closed(future)
                    : DmlFailures.outOfJobs(future, engine.pool());
        }
        return begin(future, job, what, completion, first, second);
    }

    private FutureState begin(
            DmlDataFuture<?> future,
            Job job,
            Descriptor what,
            CompletionRecord completion,
            WriteBackKind first,
            WriteBackKind second) {
        boolean linesByDml = (first != null || second != null) && durability.lines() == null;
        DataProgram program = job.data()
                .begin(
                        what, completion, first, second, linesByDml, auto.takesFromDml(what));
        future.hold(program);
        try {
            if (!program.pin()) {
                engine.release(future, job);
                return DmlFailures.bufferClosed(future);
            }
            return engine.proceed(future, program);
        } catch (WrongThreadException e) {
            // Nothing was submitted: the future stays idle, for a thread that may.
            engine.release(future, job);
            throw e;
        }
    }

    /**
     * Waits for what was in flight at the first call, then has DML drain its queue. That needs a
     * job, but the wait does not, so a drain is never refused for want of one.
     */
    FutureState drain(
            DmlDataFuture<?> future, DrainWatch watch, Descriptor what,
            CompletionRecord completion) {
        if (!watch.hasBegun()) {
            if (engine.closing()) {
                return DmlFailures.closed(future);
            }
            watch.begin();
        }
        if (!watch.isOver()) {
            engine.finishAbandoned();
            if (!watch.isOver()) {
                return FutureState.RUNNING;
            }
        }
        Job job = engine.takeJob();
        if (job == null && !engine.closing()) {
            return FutureState.RUNNING;
        }
        watch.end();
        return job == null ? future.done() : begin(future, job, what, completion, null, null);
    }
}
