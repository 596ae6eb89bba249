package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.dml.DmlDiagnosis.Outcome;
import io.github.vdm4j.dml.internal.DmlCallException;
import io.github.vdm4j.dml.internal.JobLimits;
import io.github.vdm4j.dml.internal.JobPool;
import java.util.List;

/**
 * Decides where a mover executes, and makes its jobs. Hardware has to show that it works; the diagnosis keeps
 * DML from where it would crash, and explains a failure.
 */
final class DmlOpening {
    private final DmlLibrary library;
    private final int jobs;
    private final JobLimits limits;
    private final int node;
    private final long queueFullNanos;

    DmlOpening(DmlLibrary library, int jobs, JobLimits limits, int node, long queueFullNanos) {
        this.library = library;
        this.jobs = jobs;
        this.limits = limits;
        this.node = node;
        this.queueFullNanos = queueFullNanos;
    }

    /** What a mover runs on, and why. */
    record Opened(JobPool pool, DmlPathDecision decision) {}

    /**
     * One path without a trial.
     *
     * @throws VdmException if DML cannot make the jobs for it
     */
    Opened asked(DmlPath path) {
        boolean hardware = path == DmlPath.HARDWARE;
        return new Opened(pool(hardware, !hardware), new DmlPathDecision(path, "it was asked for", List.of()));
    }

    /**
     * The software path, as Linux shows no device. DML looks for devices in the same place and would find none either.
     *
     * @param later tells what there is instead, if anybody asks
     * @throws VdmException if DML cannot make the jobs for it
     */
    Opened withoutDevices(LaterDiagnosis later) {
        return new Opened(
                pool(false, true), new DmlPathDecision(DmlPath.SOFTWARE, "Linux shows no DSA device", later));
    }

    /**
     * Hardware if it works, else the software path if that will do.
     *
     * @throws DmlHardwareException if hardware does not work and nothing else will do
     * @throws VdmException if DML cannot make the jobs for either
     */
    Opened tried(DmlDiagnosis diagnosis, boolean orSoftware) {
        JobPool pool = null;
        HardwareTrial trial;
        if (diagnosis.verdict().hardware() == Outcome.CRASH) {
            trial = HardwareTrial.failed("the hardware was not tried, as DML would crash the JVM", null);
        } else {
            try {
                pool = makePool(true, orSoftware);
                trial = HardwareTrial.of(pool, diagnosis.verdict().hardwareWorks() ? queueFullNanos : 0);
            } catch (DmlCallException e) {
                trial = HardwareTrial.failed(e.getMessage(), DmlStatus.of(e.status()));
            }
        }
        if (trial.works()) {
            return new Opened(pool, new DmlPathDecision(DmlPath.HARDWARE, trial.words(), diagnosis.findings()));
        }
        if (pool != null) {
            pool.tryClose();
        }
        if (!orSoftware) {
            throw OpeningFailures.hardware(trial, diagnosis);
        }
        return new Opened(
                pool(false, true), new DmlPathDecision(DmlPath.SOFTWARE, trial.words(), diagnosis.findings()));
    }

    private JobPool makePool(boolean hardware, boolean software) {
        var pool = new JobPool(library.functions(), jobs, hardware, software, limits);
        if (node != NumaNodes.ANY) {
            pool.bindTo(node);
        }
        return pool;
    }

    private JobPool pool(boolean hardware, boolean software) {
        try {
            return makePool(hardware, software);
        } catch (DmlCallException e) {
            throw OpeningFailures.noJobs(hardware ? DmlPath.HARDWARE : DmlPath.SOFTWARE, e);
        }
    }
}
