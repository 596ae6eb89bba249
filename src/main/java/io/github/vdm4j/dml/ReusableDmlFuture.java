package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobKeeper;
import io.github.vdm4j.dml.internal.JobPool;
import java.lang.ref.WeakReference;

/**
 * The future of a reusable operation, which keeps its job from one start to the next for as long as nobody else needs
 * it. The pool knows it by a weak reference: a dropped operation holds no job, and no segment either.
 */
final class ReusableDmlFuture extends DmlFuture implements JobKeeper {
    private final WeakReference<ReusableDmlFuture> self = new WeakReference<>(this);

    private Job kept;

    ReusableDmlFuture(DmlMoves moves) {
        super(moves);
    }

    @Override
    public boolean isUsingJob() {
        return isUnderWay();
    }

    @Override
    Job takeJob(JobPool pool) {
        Job job = kept;
        if (job == null) {
            return pool.take();
        }
        if (job.isWanted()) {
            part(pool, job);
            return pool.take();
        }
        return job;
    }

    @Override
    void lendJob(JobPool pool, Job job) {
        if (job == kept) {
            kept = null;
            pool.stopKeeping(job);
        }
    }

    @Override
    void giveJob(JobPool pool, Job job) {
        if (job != kept) {
            if (pool.keep(job, self)) {
                kept = job;
            } else {
                pool.give(job);
            }
        } else if (job.isWanted()) {
            part(pool, job);
        }
    }

    private void part(JobPool pool, Job job) {
        kept = null;
        pool.surrender(job, self);
    }
}
