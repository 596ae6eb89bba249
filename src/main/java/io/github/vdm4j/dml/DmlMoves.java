package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobLimits;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.dml.internal.Transfer;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.Durability.Refusal;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.platform.SegmentClosedException;
import java.lang.foreign.MemorySegment;

/** Starts the copies, fills and flushes of a mover. */
final class DmlMoves {
    private static final int OK = dml_h.DML_STATUS_OK;

    private final DmlEngine engine;
    private final JobPool pool;
    private final Durability durability;

    /** The longest operation that is executed at once; 0 where none is. */
    private final long inlineBytes;

    private final AutoMoves auto;

    /** The longest copy and the longest fill that the JVM executes. */
    private final long jvmCopies;

    private final long jvmFills;

    /** From here, as every operation looks for it, and one after the other. */
    private final OperationTally tally;

    /**
     * Two cache lines, as whatever comes next may be what another thread writes: see VdmOperation.
     */
    @SuppressWarnings("unused") // takes up room
    private Object a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, k0, l0, m0, n0, o0, p0,
            a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1;

    DmlMoves(DmlEngine engine, JobLimits limits, AutoMoves auto) {
        this.engine = engine;
        pool = engine.pool();
        durability = engine.durability();
        tally = engine.tally();
        this.auto = auto;
        jvmCopies = auto.copies();
        jvmFills = auto.fills();
        inlineBytes =
                engine.executesAtOnce() ? Math.min(limits.softwareBytes(), engine.pollerBytes())
                        : 0;
    }

    DmlEngine engine() {
        return engine;
    }

    OperationTally tally() {
        return tally;
    }

    /** Forcing pages, and libpmem, need no job: the polling thread does that. */
    boolean isAsync(DmlFuture future) {
        if (future.destination() == null) {
            return engine.hardware(); // not prepared yet
        }
        return engine.isAsync(future)
                && (future.type() != VdmOperationType.FLUSH
                        || needsJobToFlush(durability.kindOf(future.destination())));
    }

    FutureState start(DmlFuture future) {
        MemorySegment destination = future.destination();
        MemorySegment source = future.from();
        long length = destination.byteSize();
        if (length <= (source == null ? jvmFills : jvmCopies)
                && (length == 0 || !future.durable())) {
            return executeInJvm(future, destination, source, length);
        }
        if (length <= inlineBytes && !future.durable() && isPlain(destination, source)) {
            Job job = future.takeJob(pool);
            if (job != null) {
                return executeInline(future, job, destination, source, (int) length);
            }
        }
        return startTransfer(future, destination, source, length);
    }

    /** Nothing at all is done here as well: neither threshold is below 0. */
    private FutureState executeInJvm(
            DmlFuture future, MemorySegment destination, MemorySegment source, long length) {
        if (engine.closing()) {
            return DmlFailures.closed(future);
        }
        return length == 0 ? future.succeeded(ExecutionPath.NONE)
                : auto.execute(future, destination, source);
    }

    /**
     * The short way of most operations: one submission, which the software path executes before it
     * returns, so there is no progress to keep. The call holds the segments open, so no buffer need
     * be pinned. Whatever goes otherwise goes on as a transfer.
     */
    private FutureState executeInline(
            DmlFuture future, Job job, MemorySegment destination, MemorySegment source,
            int length) {
        int status;
        try {
            describe(future, job, destination, source, length, false);
            status = job.execute(length, destination, source);
        } catch (SegmentClosedException e) {
            over(future, job);
            return DmlFailures.unusable(future, ExecutionPath.NONE, e.getMessage(), e.getCause());
        } catch (RuntimeException | Error e) {
            over(future, job);
            throw e;
        }
        if (status == OK) {
            return executed(future, job, length);
        }
        return refused(future, job, length, null, false, status);
    }

    /**
     * The short way of what DML has to make durable: a second submission writes back what the first
     * has moved.
     */
    private FutureState executeDurably(
            DmlFuture future, Job job, MemorySegment destination, MemorySegment source,
            int length) {
        MemoryRegion onto = MemoryRegions.find(destination);
        MemoryRegion of = MemoryRegions.find(source);
        if (!MemoryRegions.pin(onto, of)) { // not by one call alone: there are two
            over(future, job);
            return DmlFailures.bufferClosed(future);
        }
        boolean flush = future.type() == VdmOperationType.FLUSH;
        boolean moved = false;
        int status = OK;
        try {
            if (!flush) {
                describe(future, job, destination, source, length, true);
                status = job.execute(length, destination, source);
                moved = status == OK;
            }
            if (status == OK) {
                job.describeFlush(destination.address(), length);
                status = job.execute(length, destination, null);
            }
        } catch (SegmentClosedException e) {
            over(future, job);
            return DmlFailures.unusable(
                    future, moved ? ExecutionPath.DML_SOFTWARE : ExecutionPath.NONE, e.getMessage(),
                    e.getCause());
        } catch (RuntimeException | Error e) {
            over(future, job);
            throw e;
        } finally {
            MemoryRegions.unpin(onto, of);
        }
        if (status == OK) {
            return executed(future, job, length);
        }
        return refused(future, job, length, WriteBackKind.CACHE_LINES, moved, status);
    }

    /**
     * The operation goes on as a transfer, with a job of the pool if this one is not the pool's.
     */
    private FutureState refused(
            DmlFuture future, Job job, long length, WriteBackKind durable, boolean moved,
            int status) {
        Job lent = job;
        if (future.owns(job)) {
            job.countUse();
            lent = engine.takeJob();
            if (lent == null) {
                return noJob(future);
            }
        }
        Transfer transfer =
                begin(future, lent, future.destination(), future.from(), length, durable);
        return engine.refused(future, moved ? transfer.adoptMoved() : transfer,
                DmlStatus.of(status));
    }

    private FutureState noJob(DmlFuture future) {
        return engine.closing() ? DmlFailures.closed(future) : DmlFailures.outOfJobs(future, pool);
    }

    private static void describe(
            DmlFuture future,
            Job job,
            MemorySegment destination,
            MemorySegment source,
            int length,
            boolean durable) {
        int flags = Transfer.descriptorFlags(future.forCache(), durable);
        if (source == null) {
            job.describeFill(destination.address(), length, Transfer.pattern(future.fill()), flags);
        } else {
            job.describeMove(destination.address(), source.address(), length, flags);
        }
    }

    private FutureState executed(DmlFuture future, Job job, int length) {
        job.countExecuted(length);
        future.giveJob(pool, job);
        return future.succeededAtOnce();
    }

    /** The operation has not come to a good end, with nothing in flight. */
    private void over(DmlFuture future, Job job) {
        job.countUse();
        future.giveJob(pool, job); // else close() would wait for it for ever
    }

    private FutureState startTransfer(
            DmlFuture future, MemorySegment destination, MemorySegment source, long length) {
        WriteBackKind durable = null;
        if (future.durable()) {
            durable = durability.kindOf(destination);
            Refusal refusal = durability.refusal(destination, durable, true);
            if (refusal != null) {
                return DmlFailures.notDurable(future, refusal);
            }
            if (durable == WriteBackKind.CACHE_LINES
                    && length <= engine.pollerBytes()
                    && future.type() != VdmOperationType.FLUSH
                    && auto.durably() != null) {
                return engine.closing()
                        ? DmlFailures.closed(future)
                        : auto.executeDurably(future, destination, source);
            }
            if (future.type() == VdmOperationType.FLUSH && !needsJobToFlush(durable)) {
                return flush(future, durable);
            }
            if (Transfer.coveringLines(destination.address(), length) <= inlineBytes
                    && needsJobToFlush(durable)
                    && isPlain(destination, source)) {
                Job job = future.takeJob(pool);
                if (job != null) {
                    return executeDurably(future, job, destination, source, (int) length);
                }
            }
        }
        Job job = engine.takeJob();
        if (job == null) {
            return noJob(future);
        }
        Transfer transfer = begin(future, job, destination, source, length, durable);
        try {
            if (!transfer.pin()) {
                engine.release(future, job);
                return DmlFailures.bufferClosed(future);
            }
            return engine.proceed(future, transfer);
        } catch (WrongThreadException e) {
            // Nothing was submitted: the future stays idle, for a thread that may.
            engine.release(future, job);
            throw e;
        }
    }

    /** Whether no page can be missing. */
    private static boolean isPlain(MemorySegment destination, MemorySegment source) {
        return !MemoryRegions.mayLackPages(destination) && !MemoryRegions.mayLackPages(source);
    }

    private Transfer begin(
            DmlFuture future,
            Job job,
            MemorySegment destination,
            MemorySegment source,
            long length,
            WriteBackKind durable) {
        return job.transfer()
                .begin(
                        future.type(),
                        destination,
                        source,
                        future.fill(),
                        future.flags(),
                        length,
                        durable,
                        durable != null && durability.lines() == null);
    }

    /** Pages are for the JDK; cache lines for the hardware, else for libpmem, else for DML. */
    private boolean needsJobToFlush(WriteBackKind kind) {
        return kind == WriteBackKind.CACHE_LINES
                && (engine.hardware() || durability.lines() == null);
    }

    private FutureState flush(DmlFuture future, WriteBackKind kind) {
        ExecutionPath path =
                kind == WriteBackKind.CACHE_LINES ? ExecutionPath.LIBPMEM : ExecutionPath.JVM;
        if (engine.closing()) {
            return DmlFailures.closed(future);
        }
        MemoryRegion region = MemoryRegions.find(future.destination());
        if (region != null && !region.pin()) {
            return DmlFailures.bufferClosed(future);
        }
        try {
            return engine.writtenBack(future, path, kind);
        } finally {
            if (region != null) {
                region.unpin();
            }
        }
    }
}
