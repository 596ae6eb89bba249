package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobKeeper;
import io.github.vdm4j.dml.internal.JobPool;

/**
 * The future of a reusable operation. Where operations are executed at once it has a job for good, so that none need be taken and
 * given back (docs/adr/0018). The pool knows it by a weak reference: a dropped operation holds no job, and no segment either.
 */
final class ReusableDmlFuture extends DmlFuture implements JobKeeper {
    private final DmlEngine engine;

    /** Null where operations are not executed at once. */
    private final Job own;

    /** Two cache lines, so that operations that two threads poll do not lie in one. */
    @SuppressWarnings("unused") // takes up room
    private long a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;

    ReusableDmlFuture(DmlMoves moves) {
        super(moves);
        engine = moves.engine();
        own = engine.executesAtOnce() ? engine.pool().makeFor(this) : null;
    }

    @Override
    public boolean isUsingJob() {
        return isUnderWay();
    }

    /** Of two that meet one sees the other: this one is under way already, as the pool's closer is closing when it looks. */
    @Override
    Job takeJob(JobPool pool) {
        return own == null || engine.closing() ? pool.take() : own;
    }

    @Override
    void giveJob(JobPool pool, Job job) {
        if (job != own) {
            pool.give(job);
        }
    }

    @Override
    boolean owns(Job job) {
        return job == own;
    }
}
