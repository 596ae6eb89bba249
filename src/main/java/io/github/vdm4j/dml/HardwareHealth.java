package io.github.vdm4j.dml;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.job.Job;
import io.github.vdm4j.dml.job.JobPool;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether the hardware of a mover on {@link DmlPath#AUTO} is worth a submission. It is given up
 * when it does not do any more what it is there for, and taken back once an empty operation comes
 * back from it. Nothing runs in the background: those who poll find out.
 */
final class HardwareHealth {
    /** How many operations it may fail with none between them that it does well. */
    static final int FAILURES = 8;

    /**
     * How long its queues may refuse everything; they are shared, and full for a moment when many
     * are busy.
     */
    static final long FULL_NANOS = 1_000_000_000L;

    /** How long it is left alone when it is given up for the first time, and at most. */
    static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;

    static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    private final JobPool pool;
    private final PathDecisions decisions;
    private final Supplier<List<Finding>> diagnosis;
    private final LongSupplier clock;

    /** Whether there is another path. */
    private final boolean replaceable;

    private volatile boolean usable = true;

    /** Whether there is anything that a success would put right. */
    private volatile boolean troubled;

    // Guarded by this.
    private int failures;
    private boolean full;
    private long fullSince;
    private long pause = SHORTEST_PAUSE_NANOS;

    private volatile long retryAt;

    /** An empty operation in flight; of whoever has set {@link #trying}. */
    private volatile Job trial;

    private final AtomicBoolean trying = new AtomicBoolean();

    HardwareHealth(
            JobPool pool,
            PathDecisions decisions,
            boolean replaceable,
            Supplier<List<Finding>> diagnosis,
            LongSupplier clock) {
        this.pool = pool;
        this.decisions = decisions;
        this.replaceable = replaceable;
        this.diagnosis = diagnosis;
        this.clock = clock;
    }

    /** Tells whether parts go to the hardware. */
    boolean isUsable() {
        return usable;
    }

    /**
     * Tells whether the next part may go to the hardware; tries it again if it was given up long
     * enough ago.
     */
    boolean mayBeUsed() {
        return usable || takenBack();
    }

    /** A part came back well. */
    void worked() {
        if (troubled) {
            calmed();
        }
    }

    private synchronized void calmed() {
        troubled = false;
        failures = 0;
        full = false;
        pause = SHORTEST_PAUSE_NANOS;
    }

    /** A part was refused, or came back with a failure. To be called without locks. */
    void failed(DmlStatus status) {
        if (!replaceable || !usable) {
            return;
        }
        String reason = switch (status.result()) {
            case NO_DEVICE, DEVICE_ERROR, UNKNOWN_STATUS -> failedAgain(status);
            case QUEUE_FULL -> refusedAgain(status);
            default -> null; // the operation's own fault
        };
        giveUp(reason);
    }

    /** A part does not come back. To be called without locks. */
    void silent(long nanos) {
        if (replaceable) {
            giveUp("the hardware did not answer for %s s".formatted(nanos / 1e9));
        }
    }

    private synchronized String failedAgain(DmlStatus status) {
        troubled = true;
        return ++failures < FAILURES
                ? null
                : "the hardware failed %d times without a success, at last with %s"
                        .formatted(FAILURES, status);
    }

    private synchronized String refusedAgain(DmlStatus status) {
        long now = now();
        if (!full) {
            full = true;
            fullSince = now;
            troubled = true;
        }
        return now - fullSince < FULL_NANOS
                ? null
                : "the work queues took nothing for a second: " + status;
    }

    private void giveUp(String reason) {
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
        decisions.decide(DmlPath.SOFTWARE, reason, diagnosis);
    }

    private synchronized void postpone() {
        retryAt = now() + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        troubled = true;
    }

    private boolean takenBack() {
        if (trial == null && now() - retryAt < 0 || !trying.compareAndSet(false, true)) {
            return false;
        }
        try {
            if (usable || !cameBack()) {
                return usable;
            }
            usable = true;
        } finally {
            trying.set(false);
        }
        decisions.decide(DmlPath.HARDWARE, HardwareTrial.CAME_BACK, diagnosis);
        return true;
    }

    /** Never waits: a later call sees what became of it. */
    private boolean cameBack() {
        Job job = trial;
        int status;
        if (job == null) {
            job = pool.borrow();
            if (job == null) {
                return false;
            }
            status = job.submitNop();
            if (status == dml_h.DML_STATUS_OK) {
                trial = job;
                status = dml_h.DML_STATUS_BEING_PROCESSED;
            }
        } else {
            status = job.check();
        }
        if (status == dml_h.DML_STATUS_BEING_PROCESSED) {
            return false;
        }
        trial = null;
        pool.giveBorrowed(job);
        if (status != dml_h.DML_STATUS_OK) {
            postpone();
        }
        return status == dml_h.DML_STATUS_OK;
    }

    /** Looks after an empty operation that is in flight. */
    void finish() {
        if (trial != null) {
            takenBack();
        }
    }

    private long now() {
        return clock != null ? clock.getAsLong() : System.nanoTime();
    }
}
