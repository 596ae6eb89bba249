package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import io.github.vdm4j.dml.DmlDiagnosis.Outcome;
import io.github.vdm4j.dml.job.DmlCallException;
import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.engine.DeviceTrial;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotPool;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The opening of one mover: decides where it executes, and makes its jobs. Hardware has to show
 * that it works; the diagnosis keeps DML from where it would crash, and explains a failure. It is
 * made when it is needed: supplies what is found later on, too.
 */
final class DmlOpening implements Supplier<List<Finding>>, IntFunction<VdmStatus> {
    private final DmlLibrary library;
    private final int jobs;
    private final ChannelLimits limits;
    private final int node;
    private final long queueFullNanos;

    /** Null to diagnose the machine. */
    private final DmlDiagnosis made;

    private DmlPathDecision decision;

    DmlOpening(
            DmlLibrary library, int jobs, ChannelLimits limits, int node, long queueFullNanos,
            DmlDiagnosis made) {
        this.library = library;
        this.jobs = jobs;
        this.limits = limits;
        this.node = node;
        this.queueFullNanos = queueFullNanos;
        this.made = made;
    }

    /** Where the mover executes, once that is decided, and why. */
    DmlPathDecision decision() {
        return decision;
    }

    private DmlDiagnosis diagnose() {
        return made != null ? made : DmlDiagnosis.here(library.version(), node);
    }

    @Override
    public List<Finding> get() {
        return diagnose().findings();
    }

    /** Explains a status of DML. */
    @Override
    public VdmStatus apply(int status) {
        return DmlStatus.of(status);
    }

    /**
     * One path without a trial.
     *
     * @throws VdmException if DML cannot make the jobs for it
     */
    SlotPool asked(DmlPath path) {
        boolean hardware = path == DmlPath.HARDWARE;
        decision = new DmlPathDecision(path, "it was asked for", List.of());
        return pool(hardware, !hardware);
    }

    /**
     * The software path, as Linux shows no device. DML looks for devices in the same place and
     * would find none either.
     *
     * @throws VdmException if DML cannot make the jobs for it
     */
    SlotPool withoutDevices() {
        decision = new DmlPathDecision(DmlPath.SOFTWARE, "Linux shows no DSA device", this);
        return pool(false, true);
    }

    /**
     * Hardware if it works, else the software path if that will do.
     *
     * @throws DmlHardwareException if hardware does not work and nothing else will do
     * @throws VdmException if DML cannot make the jobs for either
     */
    SlotPool tried(boolean orSoftware) {
        DmlDiagnosis diagnosis = diagnose();
        SlotPool pool = null;
        DeviceTrial trial;
        if (diagnosis.verdict().hardware() == Outcome.CRASH) {
            trial = DeviceTrial.failed("the hardware was not tried, as DML would crash the JVM",
                    null);
        } else {
            try {
                pool = makePool(true, orSoftware);
                trial = DeviceTrial.of(pool,
                        diagnosis.verdict().hardwareWorks() ? queueFullNanos : 0);
            } catch (DmlCallException e) {
                trial = DeviceTrial.failed(e.getMessage(), DmlStatus.of(e.status()));
            }
        }
        if (trial.works()) {
            decision = new DmlPathDecision(DmlPath.HARDWARE, trial.words(), diagnosis.findings());
            return pool;
        }
        if (pool != null) {
            pool.tryClose();
        }
        if (!orSoftware) {
            throw new DmlHardwareException(trial.words(), (DmlStatus) trial.status(),
                    diagnosis);
        }
        decision = new DmlPathDecision(DmlPath.SOFTWARE, trial.words(), diagnosis.findings());
        return pool(false, true);
    }

    private SlotPool makePool(boolean hardware, boolean software) {
        return new SlotPool(new DmlChannel(library.functions(), jobs, hardware, software, limits,
                node, null, this), jobs);
    }

    private SlotPool pool(boolean hardware, boolean software) {
        try {
            return makePool(hardware, software);
        } catch (DmlCallException e) {
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
