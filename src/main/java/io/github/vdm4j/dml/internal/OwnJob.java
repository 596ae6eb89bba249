package io.github.vdm4j.dml.internal;

import java.lang.ref.WeakReference;

/**
 * What a pool knows of a job that belongs to one operation for good: not the job, whose memory goes
 * with the operation, but who has it, and what it has counted.
 */
final class OwnJob extends WeakReference<JobKeeper> {
    private final JobCount count;

    OwnJob(JobKeeper keeper, JobCount count) {
        super(keeper);
        this.count = count;
    }

    JobCount count() {
        return count;
    }

    boolean isUsed() {
        JobKeeper keeper = get();
        return keeper != null && keeper.isUsingJob();
    }

    boolean isGone() {
        return get() == null;
    }
}
