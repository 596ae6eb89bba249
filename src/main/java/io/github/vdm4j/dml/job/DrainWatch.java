package io.github.vdm4j.dml.job;

/**
 * Sees when all jobs that were in use at one moment have come to the end of that use. Used by one
 * thread at a time.
 */
public final class DrainWatch {
    private final JobPool pool;

    /** The jobs that were in use when the watch began, each in its place; null elsewhere. */
    private final Job[] watched;

    /** How often each of them had been used by then. */
    private final long[] uses;

    /** The places before this one are over. */
    private int next;

    private boolean begun;

    /**
     * Makes a watch, to be used any number of times.
     *
     * @param pool the jobs
     */
    public DrainWatch(JobPool pool) {
        this.pool = pool;
        watched = new Job[pool.capacity()];
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
        for (int i = 0; i < watched.length; i++) {
            Job job = pool.peek(i);
            watched[i] = job != null && JobPool.isBusy(job) ? job : null;
            uses[i] = job == null ? 0 : job.uses();
        }
        next = 0;
        begun = true;
    }

    /**
     * Tells whether every job has come to its end that was in use at the beginning, whoever uses it
     * now.
     *
     * @return true if there is nothing to wait for
     */
    public boolean isOver() {
        while (next < watched.length) {
            if (watched[next] != null && isInUse(watched[next])) {
                return false;
            }
            watched[next] = null;
            next++;
        }
        return true;
    }

    /**
     * Whether it is the same use still. A job that does not come back is replaced by another, its
     * operation given up. Only in this order: who sees that a later user has the job sees the count
     * of before as well.
     */
    private boolean isInUse(Job job) {
        return pool.peek(next) == job && JobPool.isBusy(job) && job.uses() == uses[next];
    }

    /** Ends the watch. */
    public void end() {
        begun = false;
    }
}
