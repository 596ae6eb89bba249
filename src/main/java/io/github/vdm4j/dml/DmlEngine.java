package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
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
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.platform.PageUnavailableException;
import io.github.vdm4j.platform.SegmentClosedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Starts the operations of a mover and sees them through: what to do with each status that DML
 * answers, and with jobs that nobody waits for any more.
 */
final class DmlEngine {
    /** How often one part may meet a page fault before it is given up. */
    private static final int MAX_FAULTS = 16;

    private static final String BUFFER_CLOSED = "a buffer was closed before the operation started";

    private static final int OK = dml_h.DML_STATUS_OK();
    private static final int BEING_PROCESSED = dml_h.DML_STATUS_BEING_PROCESSED();

    /** No status of DML, which counts from 0. */
    private static final int NOT_CHECKED = Integer.MIN_VALUE;

    private final JobPool pool;
    private final boolean hardware;
    private final long queueFullNanos;
    private final Durability durability;

    /** The longest operation that is executed at once; 0 where jobs go to hardware. */
    private final long inlineBytes;

    /** Kept, so that it can be taken back. */
    private final Runnable finisher = this::finishAbandoned;

    private volatile boolean closing;

    DmlEngine(
            JobPool pool, boolean hardware, JobLimits limits, long queueFullNanos, Durability durability) {
        this.pool = pool;
        this.hardware = hardware;
        this.queueFullNanos = queueFullNanos;
        this.durability = durability;
        inlineBytes = hardware ? 0 : limits.softwareBytes();
        MemoryRegions.addFinisher(finisher);
    }

    boolean hardware() {
        return hardware;
    }

    JobPool pool() {
        return pool;
    }

    Durability durability() {
        return durability;
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
            return closing ? DmlFailures.closed(future) : future.succeeded(ExecutionPath.NONE);
        }
        if (length <= inlineBytes
                && !future.durable()
                && !destination.isMapped()
                && (source == null || !source.isMapped())) {
            Job job = pool.take();
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
            pool.give(job);
            return DmlFailures.unusable(future, ExecutionPath.NONE, e.getMessage(), e.getCause());
        } catch (RuntimeException | Error e) {
            if (!job.isSubmitted()) {
                pool.give(job); // else close() would wait for it for ever
            }
            throw e;
        }
        if (status == OK) {
            pool.give(job);
            return future.succeeded(ExecutionPath.DML_SOFTWARE);
        }
        Transfer transfer = begin(future, job, destination, source, length, null);
        return accepted
                ? proceed(future, transfer.adopt(), status)
                : refused(future, transfer, DmlStatus.of(status));
    }

    private FutureState startTransfer(
            DmlFuture future, MemorySegment destination, MemorySegment source, long length) {
        WriteBackKind durable = null;
        if (future.durable()) {
            durable = durability.kindOf(destination);
            if (durable == WriteBackKind.IMPOSSIBLE_IN_MEMORY) {
                return DmlFailures.unsupported(future, durability.whyNot(destination, durable));
            }
            if (future.type() == VdmOperationType.FLUSH && !needsJobToFlush(durable)) {
                return flush(future, durable);
            }
        }
        Job job = takeJob();
        if (job == null) {
            return closing ? DmlFailures.closed(future) : DmlFailures.outOfJobs(future, pool.capacity());
        }
        Transfer transfer = begin(future, job, destination, source, length, durable);
        try {
            if (!transfer.pin()) {
                release(future, job);
                return DmlFailures.unusable(future, ExecutionPath.NONE, BUFFER_CLOSED, null);
            }
            return proceed(future, transfer);
        } catch (WrongThreadException e) {
            // Nothing was submitted: the future stays idle, for a thread that may.
            release(future, job);
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
        return kind == WriteBackKind.CACHE_LINES && (hardware || durability.lines() == null);
    }

    private FutureState flush(DmlFuture future, WriteBackKind kind) {
        ExecutionPath path =
                kind == WriteBackKind.CACHE_LINES ? ExecutionPath.LIBPMEM : ExecutionPath.JVM;
        if (closing) {
            return DmlFailures.closed(future);
        }
        MemoryRegion region = MemoryRegions.find(future.destination());
        if (region != null && !region.pin()) {
            return DmlFailures.unusable(future, ExecutionPath.NONE, BUFFER_CLOSED, null);
        }
        try {
            return writtenBack(future, path, kind);
        } finally {
            if (region != null) {
                region.unpin();
            }
        }
    }

    /** Goes on until a part is in flight, or everything is done. */
    FutureState proceed(DmlFuture future, Transfer transfer) {
        return proceed(future, transfer, NOT_CHECKED);
    }

    /** The same, with the status of the part that was submitted last, if it is known already. */
    private FutureState proceed(DmlFuture future, Transfer transfer, int known) {
        Job job = transfer.job();
        int status = known;
        try {
            while (!transfer.isDone()) {
                if (status == NOT_CHECKED) {
                    if (!job.isSubmitted()) {
                        int refused = transfer.submit();
                        if (refused != OK) {
                            if (job.fallBackToSoftware()) {
                                continue;
                            }
                            return refused(future, transfer, DmlStatus.of(refused));
                        }
                        transfer.accepted();
                    }
                    status = job.check();
                }
                if (status == BEING_PROCESSED) {
                    return inFlight(future, transfer);
                }
                if (status == OK) {
                    transfer.next();
                } else if (!repair(transfer, status)) {
                    return failed(future, transfer, DmlStatus.of(status), moved(transfer));
                }
                status = NOT_CHECKED;
            }
            return done(future, transfer);
        } catch (SegmentClosedException e) {
            ExecutionPath executed = transfer.bytesMoved() == 0 ? ExecutionPath.NONE : moved(transfer);
            release(future, job);
            return DmlFailures.unusable(future, executed, e.getMessage(), e.getCause());
        } catch (WrongThreadException e) {
            if (closing) {
                release(future, job);
                return DmlFailures.closed(future);
            }
            throw e;
        } catch (PageUnavailableException e) {
            return pageMissing(future, transfer, e);
        } catch (RuntimeException | Error e) {
            if (!job.isSubmitted()) {
                release(future, job);
            }
            throw e;
        }
    }

    private FutureState inFlight(DmlFuture future, Transfer transfer) {
        future.hold(transfer);
        transfer.job().owner(future);
        return FutureState.RUNNING;
    }

    /** Makes it possible to submit a failed part again, if it is, and in software if need be. */
    private boolean repair(Transfer transfer, int status) {
        if (!transfer.isRepeatable()) {
            return false;
        }
        if (DmlStatus.of(status).result() == VdmResult.PAGE_FAULT
                && transfer.touchPages() < MAX_FAULTS) {
            return true;
        }
        return transfer.job().fallBackToSoftware();
    }

    private FutureState refused(DmlFuture future, Transfer transfer, DmlStatus status) {
        if (status.result() == VdmResult.QUEUE_FULL && transfer.mayRetry(queueFullNanos)) {
            return inFlight(future, transfer);
        }
        return failed(
                future, transfer, status, transfer.bytesMoved() == 0 ? ExecutionPath.NONE : moved(transfer));
    }

    /** The data are where they belong. The buffers stay pinned until they are durable, too. */
    private FutureState done(DmlFuture future, Transfer transfer) {
        ExecutionPath executed = moved(transfer);
        WriteBackKind remaining = transfer.remainingWriteBack();
        FutureState state =
                remaining == null
                        ? future.succeeded(executed)
                        : writtenBack(future, executed, remaining);
        release(future, transfer.job());
        return state;
    }

    private FutureState writtenBack(DmlFuture future, ExecutionPath path, WriteBackKind kind) {
        try {
            durability.writeBack(future.destination(), kind);
            return future.succeeded(path);
        } catch (IOException | IllegalStateException | PageUnavailableException e) {
            return future.notWrittenBack(path, e);
        }
    }

    private FutureState failed(
            DmlFuture future, Transfer transfer, DmlStatus status, ExecutionPath executed) {
        long moved = transfer.bytesMoved();
        DmlPath where = transfer.job().onHardware() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
        release(future, transfer.job());
        return DmlFailures.failed(future, where, moved, status, executed);
    }

    private FutureState pageMissing(
            DmlFuture future, Transfer transfer, PageUnavailableException cause) {
        long moved = transfer.bytesMoved();
        ExecutionPath executed = moved == 0 ? ExecutionPath.NONE : moved(transfer);
        release(future, transfer.job());
        return DmlFailures.pageMissing(future, executed, moved, cause);
    }

    private static ExecutionPath moved(Transfer transfer) {
        return transfer.bySoftware() ? ExecutionPath.DML_SOFTWARE : ExecutionPath.DSA_HARDWARE;
    }

    private void release(DmlFuture future, Job job) {
        future.hold(null);
        job.reset();
        pool.give(job);
    }

    private Job takeJob() {
        Job job = pool.take();
        if (job == null && !closing) {
            finishAbandoned();
            job = pool.take();
        }
        return job;
    }

    /** Polls what is in flight, so that operations whose futures were dropped give their jobs back. */
    private void finishAbandoned() {
        for (int i = 0; i < pool.capacity(); i++) {
            if (pool.peek(i).owner() instanceof DmlFuture future) {
                try {
                    future.finish();
                } catch (WrongThreadException e) {
                    continue; // its own thread will go on with it
                }
            }
        }
    }

    void drain() {
        closing = true;
        MemoryRegions.removeFinisher(finisher);
        IdleStrategy idle = IdleStrategy.backOff();
        for (int round = 0; !pool.tryClose(); round++) {
            finishAbandoned();
            idle.idle(round);
        }
    }
}
