package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.engine.DeviceTrial;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.machine.Processor;
import java.util.function.Supplier;

/**
 * The opening of one mover. It determines the path and creates the jobs. A trial shows whether the
 * hardware works. The diagnosis prevents a crash of DML and explains a failure.
 */
record DmlOpening(DmlLibrary library, int jobs, ChannelLimits limits, int node,
        long queueFullNanos, Supplier<DmlDiagnosis> diagnose) {

    /** The jobs of a mover for its path, and the reason for the path. */
    record Opened(SlotPool pool, String reason) {}

    /**
     * Creates jobs for the hardware or the software path without a trial.
     *
     * @throws VdmException if DML cannot create the jobs
     */
    Opened openWithoutTrial(boolean hardware, String reason) {
        try {
            return new Opened(pool(hardware, !hardware), reason);
        } catch (SlotRefusedException e) {
            DmlStatus status = DmlStatus.of(e.status());
            throw new VdmException(
                    status.result(),
                    status,
                    "a mover on %s cannot be opened: %s: %s: %s"
                            .formatted(hardware ? DmlPath.HARDWARE : DmlPath.SOFTWARE,
                                    e.getMessage(), status, status.explanation()),
                    e);
        }
    }

    /**
     * Creates jobs for the hardware after a successful trial. Otherwise it creates jobs for the
     * software path, if the mover permits software.
     *
     * @throws DmlHardwareException if the hardware does not work and the mover does not permit
     *     software
     * @throws VdmException if DML cannot create the jobs for the software path
     */
    Opened openWithTrial(boolean orSoftware) {
        DmlDiagnosis diagnosis = diagnose.get();
        SlotPool pool = null;
        DeviceTrial trial;
        if (diagnosis.wouldCrash()) {
            trial = DeviceTrial.failed(
                    "the hardware was not tried, because DML would crash the JVM", null);
        } else {
            try {
                pool = pool(true, orSoftware);
                trial = DeviceTrial.of(pool,
                        diagnosis.works() ? queueFullNanos : 0);
            } catch (SlotRefusedException e) {
                trial = DeviceTrial.failed(e.getMessage(), DmlStatus.of(e.status()));
            }
        }
        if (trial.works()) {
            return new Opened(pool, trial.words());
        }
        if (pool != null) {
            pool.tryClose();
        }
        if (!orSoftware) {
            throw new DmlHardwareException(trial.words(), (DmlStatus) trial.status(), diagnosis);
        }
        return openWithoutTrial(false, trial.words());
    }

    private SlotPool pool(boolean hardware, boolean software) {
        return new SlotPool(new DmlChannel(library.functions(), jobs, hardware, software, limits,
                node, Processor.hasClwb(), DmlStatus::of), jobs);
    }
}
