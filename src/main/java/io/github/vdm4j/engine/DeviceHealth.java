package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.machine.Message;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The health of a device. If software can replace the device, the engine stops using a device that
 * keeps failing. The engine resumes its use after an empty operation has succeeded. Polling threads
 * call this class, and no background thread exists.
 */
public final class DeviceHealth {
    @FunctionalInterface
    public interface Listener {
        /**
         * Records a decision and returns its notification. The caller holds a lock. It runs the
         * notification without locks, after the notifications of earlier decisions. A notification
         * must not throw.
         */
        Runnable decided(boolean device, String reason);
    }

    /** The reason for the use of a device after a successful trial. */
    public static final String CAME_BACK = "an empty operation came back from the hardware";

    /** The number of consecutive failures after which the engine stops using the device. */
    static final int FAILURES = 8;

    /** How long the queues may refuse everything. Other processes can fill shared queues. */
    static final long FULL_NANOS = 1_000_000_000L;

    /** The first pause and the longest pause before the engine retries the device. */
    static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;

    static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    private final SlotPool pool;
    private final Listener listener;
    private final LongSupplier clock;

    /** Whether software can replace the device. */
    private final boolean replaceable;

    /** Written under the lock of this. */
    private volatile boolean usable = true;

    /** Whether a success has to reset failures. */
    private volatile boolean hasFailures;

    // Guarded by this.
    private int failures;
    private boolean full;
    private long fullSince;
    private long pause = SHORTEST_PAUSE_NANOS;
    private final Queue<Runnable> notifications = new ArrayDeque<>();

    private volatile long retryAt;

    /** The no-op in flight that tests the device. The thread that set {@link #trying} owns it. */
    private volatile Slot trial;

    private final AtomicBoolean trying = new AtomicBoolean();

    /** The thread that runs a notification, or null. */
    private volatile Thread notifying;

    DeviceHealth(SlotPool pool, Listener listener, LongSupplier clock) {
        this.pool = pool;
        this.listener = listener;
        replaceable = pool.channel().software() != ExecutionPath.NONE;
        this.clock = clock;
    }

    /** Returns whether the engine uses the device. It does not during a pause. */
    boolean isUsable() {
        return usable;
    }

    /** Returns whether the engine may submit to the device. After a pause, it probes the device. */
    boolean mayBeUsed() {
        return usable || retryDevice();
    }

    void worked() {
        if (hasFailures) {
            recordSuccess();
        }
    }

    private synchronized void recordSuccess() {
        hasFailures = false;
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
            default -> null; // The operation caused the failure.
        };
        stopUsing(reason);
    }

    /** Records a part without an answer. The caller holds no locks. */
    void silent(long nanos) {
        if (replaceable) {
            stopUsing(Message.of("the hardware did not answer for %s s", nanos / 1e9));
        }
    }

    private synchronized String failedAgain(VdmStatus status) {
        hasFailures = true;
        return ++failures < FAILURES
                ? null
                : Message.of("the hardware failed %d times without a success, at last with %s",
                        FAILURES, status);
    }

    private synchronized String refusedAgain(VdmStatus status) {
        long now = clock.getAsLong();
        if (!full) {
            full = true;
            fullSince = now;
            hasFailures = true;
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
            decide(false, reason);
            failures = 0;
            full = false;
            postpone();
        }
        runNotifications();
    }

    private synchronized void decide(boolean device, String reason) {
        notifications.add(listener.decided(device, reason));
        usable = device;
    }

    /** Runs the notifications in order. If a thread already runs them, that thread continues. */
    private void runNotifications() {
        for (Runnable next = beginNotification(); next != null; next = beginNotification()) {
            try {
                next.run();
            } finally {
                notifying = null;
            }
        }
    }

    private synchronized Runnable beginNotification() {
        if (notifying != null) {
            return null;
        }
        Runnable next = notifications.poll();
        notifying = next == null ? null : Thread.currentThread();
        return next;
    }

    /**
     * Returns whether the current thread runs the listener. The operation that it polls cannot end
     * before the listener returns.
     */
    boolean isDeciding() {
        return notifying == Thread.currentThread();
    }

    private synchronized void postpone() {
        retryAt = clock.getAsLong() + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        hasFailures = true;
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
            decide(true, CAME_BACK);
        } finally {
            trying.set(false);
        }
        runNotifications();
        return true;
    }

    /** Submits a trial, or checks the trial in flight. Returns whether a trial has succeeded. */
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
        pool.returnBorrowed(slot);
        if (status != Slot.OK) {
            postpone();
        }
        return status == Slot.OK;
    }

    void finish() {
        if (trial != null) {
            retryDevice();
        }
    }
}
