package io.github.vdm4j.dml.internal;

/**
 * Sees when every job that was in use at one moment has been out of use once. Used by one thread at a time.
 */
public final class DrainWatch {
    private static final long FREE = -1;

    private final JobPool pool;

    /** How often each job had been used when the watch began, if it was in use. */
    private final long[] uses;

    /** The jobs before this one are over. */
    private int next;

    private boolean begun;

    /**
     * Makes a watch, to be used any number of times.
     *
     * @param pool the jobs
     */
    public DrainWatch(JobPool pool) {
        this.pool = pool;
        uses = new long[pool.capacity()];
    }

    /**
     * Tells whether the watch is being kept.
     *
     * @return true from {@link #begin} to {@link #end}
     */
    public boolean hasBegun() {
        return begun;
    }

    /** Takes down which jobs are in use. */
    public void begin() {
        for (int i = 0; i < uses.length; i++) {
            Job job = pool.peek(i);
            uses[i] = pool.isBusy(job) ? job.uses : FREE;
        }
        next = 0;
        begun = true;
    }

    /**
     * Tells whether every job has been out of use that was in use at the beginning, whoever has it now.
     *
     * @return true if there is nothing to wait for
     */
    public boolean isOver() {
        while (next < uses.length) {
            Job job = pool.peek(next);
            // Only in this order: who sees a later holder's mark sees the count of before it.
            if (uses[next] != FREE && pool.isBusy(job) && job.uses == uses[next]) {
                return false;
            }
            next++;
        }
        return true;
    }

    /** Ends the watch. */
    public void end() {
        begun = false;
    }
}
