package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.dml.DmlDiagnosis.Outcome;
import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.engine.DeviceTrial;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import java.util.List;

/**
 * The opening of one mover. It determines the path and creates the jobs. A trial shows whether the
 * hardware works. The diagnosis prevents a crash of DML and explains a failure. The opening also
 * supplies findings for later decisions.
 *
 * @param made the diagnosis of a test, or null for a diagnosis of this machine
 */
record DmlOpening(DmlLibrary library, int jobs, ChannelLimits limits, int node,
        long queueFullNanos, DmlDiagnosis made) {

    /** The jobs of a mover and the decision for its path. */
    record Opened(SlotPool pool, DmlPathDecision decision) {}

    private DmlDiagnosis diagnose() {
        return made != null ? made : DmlDiagnosis.here(library.version(), node);
    }

    List<Finding> findings() {
        return diagnose().findings();
    }

    /**
     * Creates jobs for a path without a trial.
     *
     * @throws VdmException if DML cannot create the jobs
     */
    Opened asked(DmlPath path) {
        boolean hardware = path == DmlPath.HARDWARE;
        return new Opened(pool(hardware, !hardware),
                new DmlPathDecision(path, "the builder names it", List.of()));
    }

    /**
     * Creates jobs for the software path like {@link #asked}, because Linux shows no device. DML
     * reads the same folder and would find no device.
     */
    Opened withoutDevices() {
        return new Opened(pool(false, true),
                new DmlPathDecision(DmlPath.SOFTWARE, "Linux shows no DSA device",
                        this::findings));
    }

    /**
     * Creates jobs for the hardware after a successful trial. Otherwise it creates jobs for the
     * software path, if the mover permits software.
     *
     * @throws DmlHardwareException if the hardware does not work and the mover does not permit
     *     software
     * @throws VdmException if DML cannot create the jobs for the software path
     */
    Opened tried(boolean orSoftware) {
        DmlDiagnosis diagnosis = diagnose();
        SlotPool pool = null;
        DeviceTrial trial;
        if (diagnosis.verdict().hardware() == Outcome.CRASH) {
            trial = DeviceTrial.failed(
                    "the hardware was not tried, because DML would crash the JVM", null);
        } else {
            try {
                pool = makePool(true, orSoftware);
                trial = DeviceTrial.of(pool,
                        diagnosis.verdict().hardwareWorks() ? queueFullNanos : 0);
            } catch (SlotRefusedException e) {
                trial = DeviceTrial.failed(e.getMessage(), DmlStatus.of(e.status()));
            }
        }
        if (trial.works()) {
            return new Opened(pool,
                    new DmlPathDecision(DmlPath.HARDWARE, trial.words(), diagnosis.findings()));
        }
        if (pool != null) {
            pool.tryClose();
        }
        if (!orSoftware) {
            throw new DmlHardwareException(trial.words(), (DmlStatus) trial.status(), diagnosis);
        }
        return new Opened(pool(false, true),
                new DmlPathDecision(DmlPath.SOFTWARE, trial.words(), diagnosis.findings()));
    }

    private SlotPool makePool(boolean hardware, boolean software) {
        return new SlotPool(new DmlChannel(library.functions(), jobs, hardware, software, limits,
                node, null, DmlStatus::of), jobs);
    }

    private SlotPool pool(boolean hardware, boolean software) {
        try {
            return makePool(hardware, software);
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
}
