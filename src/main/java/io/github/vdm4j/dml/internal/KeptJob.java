package io.github.vdm4j.dml.internal;

import java.lang.ref.WeakReference;

/** A job that an operation keeps, from when it begins to until it stops or the pool takes it back. */
public final class KeptJob extends WeakReference<JobKeeper> {
    private final Job job;
    private volatile boolean wanted;

    KeptJob(Job job, JobKeeper keeper) {
        super(keeper);
        this.job = job;
    }

    /**
     * The job.
     *
     * @return the job
     */
    public Job job() {
        return job;
    }

    /**
     * Tells whether the pool has asked for the job: it may have been taken back by now.
     *
     * @return true, for ever, if the keeper must not use the job any more
     */
    public boolean isWanted() {
        return wanted;
    }

    /** To be called before {@link #isUsed}. */
    void want() {
        wanted = true;
    }

    boolean isUsed() {
        JobKeeper keeper = get();
        return keeper != null && keeper.isUsingJob();
    }
}
