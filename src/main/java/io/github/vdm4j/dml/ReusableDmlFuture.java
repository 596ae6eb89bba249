package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobKeeper;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.future.FutureState;

/**
 * The future of a reusable operation. Where operations are executed at once it has a job for good,
 * so that none need be taken and given back (docs/adr/0018). The pool knows it by a weak reference:
 * a dropped operation holds no job, and no segment either.
 */
final class ReusableDmlFuture extends DmlFuture implements JobKeeper {
    private final DmlEngine engine;

    /** Null where operations are not executed at once. */
    private final Job own;

    /**
     * Two cache lines, as whatever comes next may be what another thread writes: see VdmOperation.
     */
    @SuppressWarnings("unused") // takes up room
    private Object a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, k0, l0, m0, n0, o0, p0,
            a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1;

    ReusableDmlFuture(DmlMoves moves) {
        super(moves);
        engine = moves.engine();
        own = engine.executesAtOnce() ? engine.pool().makeFor(this) : null;
    }

    @Override
    public boolean isUsingJob() {
        return isUnderWay();
    }

    /**
     * Of two that meet one sees the other: this one is under way already, as the pool's closer is
     * closing when it looks.
     */
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

    /**
     * Counted by its job: finding the place of the thread's own would take longer than a short
     * copy.
     */
    @Override
    FutureState succeededInJvm(long bytes) {
        if (own == null) {
            return super.succeededInJvm(bytes);
        }
        own.countExecutedOtherwise(bytes);
        return succeedCounted(ExecutionPath.JVM);
    }

    @Override
    boolean owns(Job job) {
        return job == own;
    }
}
