package io.github.vdm4j.dml;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.job.Job;
import io.github.vdm4j.dml.job.JobPool;
import io.github.vdm4j.future.IdleStrategy;

/**
 * An empty operation on the hardware: whether it comes back well is the truth, whatever a diagnosis
 * says.
 *
 * @param works whether it did
 * @param words what happened
 * @param status what DML answered; null if it did not answer
 */
record HardwareTrial(boolean works, String words, DmlStatus status) {
    static final String CAME_BACK = "an empty operation came back from the hardware";

    /** How long the hardware may take, and full queues may be waited for. */
    private static final long MAX_NANOS = 1_000_000_000L;

    /**
     * Tries the hardware. A job that does not come back is never given back either, so that its
     * pool's memory stays where the device may still write.
     *
     * @param pool jobs for hardware, at least one of them free
     * @param queueFullNanos how long to go on while the queues are full
     */
    static HardwareTrial of(JobPool pool, long queueFullNanos) {
        Job job = pool.take();
        try {
            return submit(job, Math.min(queueFullNanos, MAX_NANOS));
        } finally {
            if (!job.isSubmitted()) {
                pool.give(job);
            }
        }
    }

    private static HardwareTrial submit(Job job, long queueFullNanos) {
        IdleStrategy idle = IdleStrategy.backOff();
        long start = System.nanoTime();
        int status = job.submitNop();
        for (int round = 0; DmlStatus.of(status).result() == VdmResult.QUEUE_FULL
                && System.nanoTime() - start < queueFullNanos; round++) {
            idle.idle(round);
            status = job.submitNop();
        }
        if (status != dml_h.DML_STATUS_OK) {
            return answered("an empty operation was refused with", status);
        }
        start = System.nanoTime();
        status = job.check();
        while (status == dml_h.DML_STATUS_BEING_PROCESSED) {
            if (System.nanoTime() - start >= MAX_NANOS) {
                return failed(
                        "an empty operation did not come back from the hardware within a second",
                        null);
            }
            Thread.onSpinWait();
            status = job.check();
        }
        return status == dml_h.DML_STATUS_OK
                ? new HardwareTrial(true, CAME_BACK, DmlStatus.OK)
                : answered("an empty operation failed with", status);
    }

    private static HardwareTrial answered(String words, int code) {
        DmlStatus status = DmlStatus.of(code);
        return failed(words + " " + status, status);
    }

    static HardwareTrial failed(String words, DmlStatus status) {
        return new HardwareTrial(false, words, status);
    }
}
