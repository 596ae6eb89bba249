package io.github.vdm4j.dml;

import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.DataFuture;
import java.util.List;

/**
 * Makes the futures of a mover, and has what executes them. Made for the first of them: a JVM that
 * has just started takes milliseconds to load what operations consist of, and an opening need not
 * wait for that (docs/adr/0019).
 */
final class DmlFutures {
    private final DmlEngine engine;
    private final DmlMoves moves;
    private final DmlOperations operations;
    private final DmlBatches batches;

    DmlFutures(DmlPlan plan) {
        engine = new DmlEngine(plan);
        // What is long enough for a worker is not executed in a poll, by nobody.
        long polled = engine.pollerBytes();
        JvmLimits jvm = plan.jvm();
        AutoMoves autoMoves = jvm == null
                ? AutoMoves.NONE
                : new AutoMoves(
                        Math.min(jvm.copies(), polled), Math.min(jvm.fills(), polled),
                        engine.durability());
        var autoOperations =
                new AutoOperations(autoMoves, jvm == null ? 0 : jvm.operations(), polled);
        moves = new DmlMoves(engine, plan.limits(), autoMoves);
        operations = new DmlOperations(engine, autoOperations);
        batches = new DmlBatches(engine, autoOperations);
    }

    DmlEngine engine() {
        return engine;
    }

    VdmFuture future() {
        return new DmlFuture(moves);
    }

    VdmFuture reusable() {
        return new ReusableDmlFuture(moves);
    }

    <R> DataFuture<R> data() {
        return new DmlDataFuture<>(operations);
    }

    BatchFuture batch(List<BatchTask> tasks) {
        return new DmlBatchFuture(batches, tasks);
    }
}
