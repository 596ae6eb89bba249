package io.github.vdm4j.dml;

import io.github.vdm4j.dml.job.JobLimits;
import io.github.vdm4j.dml.job.JobPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;

/**
 * What a mover executes with, as its opening has decided.
 *
 * @param pool the jobs
 * @param limits how much one submission may move
 * @param policy what the JVM and the workers execute
 * @param health of the hardware; null without
 * @param engines what makes destinations durable; null for the machine's
 * @param queueFullNanos how long a full queue is tried again
 * @param deviceNanos how long a device may take over one submission
 * @param closeNanos how long closing may take
 * @param workers how many worker threads there are
 * @param strategy what they do when there is nothing to do; null for what is usual
 * @param mostPending how many operations may wait for a job
 * @param hasSoftware whether there is a path beside the hardware
 */
record DmlPlan(
        JobPool pool,
        JobLimits limits,
        DmlPolicy policy,
        HardwareHealth health,
        Durability engines,
        long queueFullNanos,
        long deviceNanos,
        long closeNanos,
        int workers,
        WorkerStrategy strategy,
        int mostPending,
        boolean hasSoftware) {

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
