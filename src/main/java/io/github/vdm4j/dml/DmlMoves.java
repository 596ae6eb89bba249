package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobLimits;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.dml.internal.Transfer;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.platform.SegmentClosedException;
import java.lang.foreign.MemorySegment;

/** Starts the copies, fills and flushes of a mover. */
final class DmlMoves {
    private static final int OK = dml_h.DML_STATUS_OK();

    private final DmlEngine engine;
    private final JobPool pool;
    private final Durability durability;

    /** The longest operation that is executed at once; 0 where jobs go to hardware. */
    private final long inlineBytes;

    private final AutoMoves auto;

    DmlMoves(DmlEngine engine, JobLimits limits, AutoMoves auto) {
        this.engine = engine;
        pool = engine.pool();
        durability = engine.durability();
        // What is long enough for a worker is not executed in a poll, by nobody.
        this.auto = auto.upTo(engine.pollerBytes());
        inlineBytes = engine.hardware() ? 0 : Math.min(limits.softwareBytes(), engine.pollerBytes());
    }

    DmlEngine engine() {
        return engine;
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
        if (source != null && source.byteSize() != length) {
            // Only if two threads prepared one operation at once, which its javadoc forbids.
            throw new IllegalStateException("the operation was prepared by two threads at once");
        }
        if (length == 0) {
            return engine.closing() ? DmlFailures.closed(future) : future.succeeded(ExecutionPath.NONE);
        }
        if (length <= engine.pollerBytes() && auto.take(source, length) && !future.durable()) {
            return engine.closing() ? DmlFailures.closed(future) : auto.execute(future, destination, source);
        }
        if (length <= inlineBytes
                && !future.durable()
                && !destination.isMapped()
                && (source == null || !source.isMapped())) {
            Job job = future.takeJob(pool);
            if (job != null) {
                return executeInline(future, job, destination, source, (int) length);
            }
        }
        return startTransfer(future, destination, source, length);
    }

    /**
     * The short way of most operations: one submission, which the software path executes before it returns,
     * so there is no progress to keep. The call holds the segments open, so no buffer need be pinned.
     * Whatever goes otherwise goes on as a transfer.
     */
    private FutureState executeInline(
            DmlFuture future, Job job, MemorySegment destination, MemorySegment source, int length) {
        int flags = Transfer.descriptorFlags(future.flags(), false);
        long to = destination.address();
        boolean accepted = false;
        int status;
        try {
            status =
                    source == null
                            ? job.submitFill(to, length, Transfer.pattern(future.fill()), flags, destination)
                            : job.submitMove(to, source.address(), length, flags, destination, source);
            if (status == OK) {
                accepted = true;
                status = job.check();
            }
        } catch (SegmentClosedException e) {
            future.giveJob(pool, job);
            return DmlFailures.unusable(future, ExecutionPath.NONE, e.getMessage(), e.getCause());
        } catch (RuntimeException | Error e) {
            if (job.isSubmitted()) {
                future.lendJob(pool, job); // and never given back: DML has it
            } else {
                future.giveJob(pool, job); // else close() would wait for it for ever
            }
            throw e;
        }
        if (status == OK) {
            future.giveJob(pool, job);
            return future.succeeded(ExecutionPath.DML_SOFTWARE);
        }
        future.lendJob(pool, job);
        Transfer transfer = begin(future, job, destination, source, length, null);
        return accepted
                ? engine.proceed(future, transfer.adopt(), status)
                : engine.refused(future, transfer, DmlStatus.of(status));
    }

    private FutureState startTransfer(
            DmlFuture future, MemorySegment destination, MemorySegment source, long length) {
        WriteBackKind durable = null;
        if (future.durable()) {
            durable = durability.kindOf(destination);
            if (auto.durably() != null
                    && length <= engine.pollerBytes()
                    && durable == WriteBackKind.CACHE_LINES
                    && future.type() != VdmOperationType.FLUSH) {
                return engine.closing()
                        ? DmlFailures.closed(future)
                        : auto.executeDurably(future, destination, source);
            }
            if (durable == WriteBackKind.IMPOSSIBLE_IN_MEMORY) {
                return DmlFailures.unsupported(future, durability.whyNot(destination, durable));
            }
            if (future.type() == VdmOperationType.FLUSH && !needsJobToFlush(durable)) {
                return flush(future, durable);
            }
        }
        Job job = engine.takeJob();
        if (job == null) {
            return engine.closing() ? DmlFailures.closed(future) : DmlFailures.outOfJobs(future, pool.capacity());
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
                        durability.lines() == null);
    }

    /** Pages are for the JDK; cache lines for the hardware, else for libpmem, else for DML. */
    private boolean needsJobToFlush(WriteBackKind kind) {
        return kind == WriteBackKind.CACHE_LINES && (engine.hardware() || durability.lines() == null);
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
