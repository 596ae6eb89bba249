package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.machine.Processor;
import java.util.function.Supplier;

/**
 * The opening of one mover. It determines the path and creates the jobs. A trial shows whether the
 * hardware works. The diagnosis prevents a crash of DML and explains a failure.
 */
record DmlOpening(DmlLibrary library, int jobs, ChannelLimits limits, int node,
        long queueFullNanos, Supplier<DmlDiagnosis> diagnose) {

    /** The time limit for the device's answer and for retries on full queues. */
    private static final long MAX_NANOS = 1_000_000_000L;

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
        Failure failure;
        if (diagnosis.wouldCrash()) {
            failure = new Failure("the hardware was not tried, because DML would crash the JVM",
                    null);
        } else {
            try {
                pool = pool(true, orSoftware);
                failure = tryDevice(pool, diagnosis.works() ? queueFullNanos : 0);
            } catch (SlotRefusedException e) {
                failure = new Failure(e.getMessage(), DmlStatus.of(e.status()));
            }
        }
        if (failure == null) {
            return new Opened(pool, DeviceHealth.CAME_BACK);
        }
        if (pool != null) {
            pool.tryClose();
        }
        if (!orSoftware) {
            throw new DmlHardwareException(failure.words(), failure.status(), diagnosis);
        }
        return openWithoutTrial(false, failure.words());
    }

    /** The reason why the device does not work. Without an answer, the status is null. */
    private record Failure(String words, DmlStatus status) {
        static Failure of(String words, int code) {
            DmlStatus status = DmlStatus.of(code);
            return new Failure(words + " " + status, status);
        }
    }

    /**
     * Executes an empty operation on the device, because a trial is more reliable than a diagnosis.
     * Without an answer, the slot stays lent, because the device may write. Returns null if the
     * operation has succeeded.
     */
    private static Failure tryDevice(SlotPool pool, long queueFullNanos) {
        Slot slot = pool.take();
        try {
            return submit(slot, Math.min(queueFullNanos, MAX_NANOS));
        } finally {
            if (!slot.isSubmitted()) {
                pool.give(slot);
            }
        }
    }

    private static Failure submit(Slot slot, long queueFullNanos) {
        IdleStrategy idle = IdleStrategy.backOff();
        long start = System.nanoTime();
        int status = slot.submitNop();
        for (int round = 0; DmlStatus.of(status).result() == VdmResult.QUEUE_FULL
                && System.nanoTime() - start < queueFullNanos; round++) {
            idle.idle(round);
            status = slot.submitNop();
        }
        if (status != Slot.OK) {
            return Failure.of("an empty operation was refused with", status);
        }
        start = System.nanoTime();
        status = slot.check();
        while (status == Slot.IN_FLIGHT) {
            if (System.nanoTime() - start >= MAX_NANOS) {
                return new Failure("the hardware did not complete a no-op within a second", null);
            }
            Thread.onSpinWait();
            status = slot.check();
        }
        return status == Slot.OK ? null : Failure.of("an empty operation failed with", status);
    }

    private SlotPool pool(boolean hardware, boolean software) {
        return new SlotPool(new DmlChannel(library.functions(), jobs, hardware, software, limits,
                node, Processor.hasClwb(), DmlStatus::of), jobs);
    }
}
