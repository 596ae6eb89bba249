package io.github.vdm4j.engine;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.IdleStrategy;

/**
 * The outcome of an empty operation on a device. A trial is more reliable than a diagnosis.
 *
 * @param works whether the operation succeeded
 * @param words the outcome in words
 * @param status the status of the channel, or null if the device did not answer
 */
public record DeviceTrial(boolean works, String words, VdmStatus status) {
    static final String CAME_BACK = "an empty operation came back from the hardware";

    /** The time limit for the device's answer and for retries on full queues. */
    private static final long MAX_NANOS = 1_000_000_000L;

    /** Tries the device. Without an answer, the slot stays lent, because the device may write. */
    public static DeviceTrial of(SlotPool pool, long queueFullNanos) {
        Slot slot = pool.take();
        try {
            return submit(slot, Math.min(queueFullNanos, MAX_NANOS));
        } finally {
            if (!slot.isSubmitted()) {
                pool.give(slot);
            }
        }
    }

    private static DeviceTrial submit(Slot slot, long queueFullNanos) {
        IdleStrategy idle = IdleStrategy.backOff();
        long start = System.nanoTime();
        int status = slot.submitNop();
        for (int round = 0; slot.channel().status(status).result() == VdmResult.QUEUE_FULL
                && System.nanoTime() - start < queueFullNanos; round++) {
            idle.idle(round);
            status = slot.submitNop();
        }
        if (status != Slot.OK) {
            return answered(slot, "an empty operation was refused with", status);
        }
        start = System.nanoTime();
        status = slot.check();
        while (status == Slot.IN_FLIGHT) {
            if (System.nanoTime() - start >= MAX_NANOS) {
                return failed("the hardware did not complete a no-op within a second", null);
            }
            Thread.onSpinWait();
            status = slot.check();
        }
        return status == Slot.OK
                ? new DeviceTrial(true, CAME_BACK, slot.channel().status(Slot.OK))
                : answered(slot, "an empty operation failed with", status);
    }

    private static DeviceTrial answered(Slot slot, String words, int code) {
        VdmStatus status = slot.channel().status(code);
        return failed(words + " " + status, status);
    }

    public static DeviceTrial failed(String words, VdmStatus status) {
        return new DeviceTrial(false, words, status);
    }
}
