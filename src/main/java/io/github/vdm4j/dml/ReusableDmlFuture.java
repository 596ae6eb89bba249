package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobKeeper;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.dml.internal.KeptJob;

/**
 * The future of a reusable operation, which keeps its job from one start to the next for as long as nobody else needs
 * it. The pool knows it by a weak reference: a dropped operation holds no job, and no segment either.
 */
final class ReusableDmlFuture extends DmlFuture implements JobKeeper {
    private KeptJob kept;

    /** Two cache lines, so that operations that two threads poll do not lie in one. */
    @SuppressWarnings("unused") // takes up room
    private long a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;

    ReusableDmlFuture(DmlMoves moves) {
        super(moves);
    }

    @Override
    public boolean isUsingJob() {
        return isUnderWay();
    }

    @Override
    Job takeJob(JobPool pool) {
        KeptJob hold = kept;
        if (hold == null) {
            return pool.take();
        }
        if (hold.isWanted()) {
            part(pool, hold);
            return pool.take();
        }
        return hold.job();
    }

    @Override
    void lendJob(JobPool pool, Job job) {
        KeptJob hold = kept;
        if (hold != null) {
            kept = null;
            pool.stopKeeping(hold);
        }
    }

    @Override
    void giveJob(JobPool pool, Job job) {
        KeptJob hold = kept;
        if (hold == null) {
            kept = pool.keep(job, this);
            if (kept == null) {
                pool.give(job);
            }
        } else if (hold.isWanted()) {
            part(pool, hold);
        }
    }

    private void part(JobPool pool, KeptJob hold) {
        kept = null;
        pool.surrender(hold);
    }
}
