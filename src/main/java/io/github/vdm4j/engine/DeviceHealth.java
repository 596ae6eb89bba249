package io.github.vdm4j.engine;

import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The health of a device: whether submissions to the device are worth while. If there is software
 * to fall back to, the engine stops using a device that keeps failing and uses it again once an
 * empty operation has succeeded. Nothing runs in the background: the threads that poll call this.
 */
public final class DeviceHealth {
    /** Is notified when the engine stops using the device, and when it uses the device again. */
    @FunctionalInterface
    public interface Listener {
        /** Takes note of a decision. Called without locks. Must not throw. */
        void decided(boolean device, String reason);
    }

    /** The number of failures in a row after which the engine stops using the device. */
    static final int FAILURES = 8;

    /**
     * How long its queues may refuse everything. They are shared, and full for a moment while many
     * processes use them.
     */
    static final long FULL_NANOS = 1_000_000_000L;

    /** The first pause, and the longest pause, before the engine tries the device again. */
    static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;

    static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    private final SlotPool pool;
    private final Listener listener;
    private final LongSupplier clock;

    /** Whether there is software to fall back to. */
    private final boolean replaceable;

    private volatile boolean usable = true;

    /** Whether there are failures that a success would clear. */
    private volatile boolean troubled;

    // Guarded by this.
    private int failures;
    private boolean full;
    private long fullSince;
    private long pause = SHORTEST_PAUSE_NANOS;

    private volatile long retryAt;

    /** The no-op in flight that tests the device. The thread that set {@link #trying} owns it. */
    private volatile Slot trial;

    private final AtomicBoolean trying = new AtomicBoolean();

    /**
     * Creates the health of a device that works.
     *
     * @param pool the slots
     * @param listener the listener of decisions
     * @param replaceable whether there is software to fall back to
     * @param clock in nanoseconds
     */
    public DeviceHealth(SlotPool pool, Listener listener, boolean replaceable, LongSupplier clock) {
        this.pool = pool;
        this.listener = listener;
        this.replaceable = replaceable;
        this.clock = clock;
    }

    /**
     * Returns whether parts go to the device.
     *
     * @return false while the engine does not use the device
     */
    public boolean isUsable() {
        return usable;
    }

    /**
     * Returns whether the next part may go to the device. Probes a device that the engine stopped
     * using long enough ago.
     */
    boolean mayBeUsed() {
        return usable || retryDevice();
    }

    /** Records a part that has succeeded. */
    void worked() {
        if (troubled) {
            recordSuccess();
        }
    }

    private synchronized void recordSuccess() {
        troubled = false;
        failures = 0;
        full = false;
        pause = SHORTEST_PAUSE_NANOS;
    }

    /** Records a part that was refused or has failed. The caller holds no locks. */
    void failed(int code) {
        if (!replaceable || !usable) {
            return;
        }
        VdmStatus status = pool.channel().status(code);
        String reason = switch (status.result()) {
            case NO_DEVICE, DEVICE_ERROR, UNKNOWN_STATUS -> failedAgain(status);
            case QUEUE_FULL -> refusedAgain(status);
            default -> null; // the operation's own fault
        };
        stopUsing(reason);
    }

    /** Records a part without an answer. The caller holds no locks. */
    void silent(long nanos) {
        if (replaceable) {
            stopUsing("the hardware did not answer for %s s".formatted(nanos / 1e9));
        }
    }

    private synchronized String failedAgain(VdmStatus status) {
        troubled = true;
        return ++failures < FAILURES
                ? null
                : "the hardware failed %d times without a success, at last with %s"
                        .formatted(FAILURES, status);
    }

    private synchronized String refusedAgain(VdmStatus status) {
        long now = clock.getAsLong();
        if (!full) {
            full = true;
            fullSince = now;
            troubled = true;
        }
        return now - fullSince < FULL_NANOS
                ? null
                : "the work queues took nothing for a second: " + status;
    }

    private void stopUsing(String reason) {
        if (reason == null) {
            return;
        }
        synchronized (this) {
            if (!usable) {
                return;
            }
            usable = false;
            failures = 0;
            full = false;
            postpone();
        }
        listener.decided(false, reason);
    }

    private synchronized void postpone() {
        retryAt = clock.getAsLong() + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        troubled = true;
    }

    private boolean retryDevice() {
        if (trial == null && clock.getAsLong() - retryAt < 0
                || !trying.compareAndSet(false, true)) {
            return false;
        }
        try {
            if (usable || !probe()) {
                return usable;
            }
            usable = true;
        } finally {
            trying.set(false);
        }
        listener.decided(true, DeviceTrial.CAME_BACK);
        return true;
    }

    /** Submits a trial without waiting. A later call sees its result. */
    private boolean probe() {
        Slot slot = trial;
        int status;
        if (slot == null) {
            slot = pool.borrow();
            if (slot == null) {
                return false;
            }
            status = slot.submitNop();
            if (status == Slot.OK) {
                trial = slot;
                status = Slot.IN_FLIGHT;
            }
        } else {
            status = slot.check();
        }
        if (status == Slot.IN_FLIGHT) {
            return false;
        }
        trial = null;
        pool.giveBorrowed(slot);
        if (status != Slot.OK) {
            postpone();
        }
        return status == Slot.OK;
    }

    /** Checks the trial in flight. */
    void finish() {
        if (trial != null) {
            retryDevice();
        }
    }
}
