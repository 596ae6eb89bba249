package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.JobLimits;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.durability.Durability;

/**
 * What a mover is to execute with, as its opening has decided. What executes is made of this with the first operation.
 *
 * @param pool the jobs
 * @param limits how much one submission may move
 * @param jvm what the JVM executes; null for nothing
 * @param health of the hardware; null without
 * @param engines what makes destinations durable; null for the machine's
 * @param times how long what may last
 * @param workers who executes long operations
 */
record DmlPlan(
        JobPool pool,
        JobLimits limits,
        JvmLimits jvm,
        HardwareHealth health,
        Durability engines,
        DmlEngine.Times times,
        SoftwareWorkers.Settings workers) {

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
}
