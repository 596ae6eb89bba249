package io.github.vdm4j.dml.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a job has been through. Written by who has the job, read by anybody, and kept when the job
 * is gone. To find a place that is the thread's own would cost a twentieth of a small operation,
 * and the job's is that already.
 */
final class JobCount {
    private static final VarHandle USES;
    private static final VarHandle EXECUTED;
    private static final VarHandle EXECUTED_BYTES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            USES = lookup.findVarHandle(JobCount.class, "uses", long.class);
            EXECUTED = lookup.findVarHandle(JobCount.class, "executed", long.class);
            EXECUTED_BYTES = lookup.findVarHandle(JobCount.class, "executedBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Two cache lines before and after: what is written here must not lie in one with anything that
     * another thread reads.
     */
    @SuppressWarnings("unused") // takes up room
    private long a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;

    private long uses;
    private long executed;
    private long executedBytes;

    @SuppressWarnings("unused") // takes up room
    private long q, r, s, t, u, v, w, x, y, z, aa, bb, cc, dd, ee, ff;

    /** An operation has come to its end that was not executed at once. */
    void addUse() {
        USES.setOpaque(this, uses + 1);
    }

    /** An operation was executed at once, of so many bytes. */
    void addExecuted(long bytes) {
        EXECUTED.setOpaque(this, executed + 1);
        EXECUTED_BYTES.setOpaque(this, executedBytes + bytes);
    }

    /** Takes over what a job has counted that is gone. */
    void add(JobCount other) {
        USES.setOpaque(this, uses + (long) USES.getOpaque(other));
        EXECUTED.setOpaque(this, executed + other.executed());
        EXECUTED_BYTES.setOpaque(this, executedBytes + other.executedBytes());
    }

    /** How many operations have come to their end. */
    long ended() {
        return (long) USES.getOpaque(this) + executed();
    }

    /** How many of them were executed at once. */
    long executed() {
        return (long) EXECUTED.getOpaque(this);
    }

    /** How many bytes those had. */
    long executedBytes() {
        return (long) EXECUTED_BYTES.getOpaque(this);
    }
}
