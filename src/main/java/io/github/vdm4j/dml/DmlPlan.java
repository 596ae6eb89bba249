package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.JobLimits;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.future.WorkerStrategy;

/**
 * What a mover is to execute with, as its opening has decided. What executes is made of this with
 * the first operation. In one piece, as each class more would have a first opening wait
 * (docs/adr/0019).
 *
 * @param pool the jobs
 * @param limits how much one submission may move
 * @param jvm what the JVM executes; null for nothing
 * @param health of the hardware; null without
 * @param engines what makes destinations durable; null for the machine's
 * @param queueFullNanos how long a full queue is tried again
 * @param deviceNanos how long a device may take over one submission
 * @param closeNanos how long closing may take
 * @param workersFrom the shortest operation for a worker thread, bytes
 * @param workers how many worker threads there are
 * @param strategy what they do when there is nothing to do; null for what is usual
 */
record DmlPlan(
        JobPool pool,
        JobLimits limits,
        JvmLimits jvm,
        HardwareHealth health,
        Durability engines,
        long queueFullNanos,
        long deviceNanos,
        long closeNanos,
        long workersFrom,
        int workers,
        WorkerStrategy strategy) {

    boolean hardware() {
        return health != null;
    }

    /** Where operations go at this time. */
    DmlPath runningPath() {
        return health != null && health.isUsable() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
    }

    Durability durability() {
        return engines != null ? engines : Durability.system();
    }

    WorkerStrategy workerStrategy() {
        return strategy != null ? strategy : WorkerStrategy.BALANCED;
    }
}
