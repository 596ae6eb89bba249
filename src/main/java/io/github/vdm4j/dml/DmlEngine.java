package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.internal.InvalidDataException;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.platform.PageUnavailableException;
import io.github.vdm4j.platform.SegmentClosedException;
import java.io.IOException;

/**
 * Sees the operations of a mover through once they have a job: what to do with each status that DML
 * answers, and with jobs that nobody waits for any more.
 */
final class DmlEngine {
    /** How often one part may meet a page fault before it is given up. */
    private static final int MAX_FAULTS = 16;

    private static final int OK = dml_h.DML_STATUS_OK();
    private static final int BEING_PROCESSED = dml_h.DML_STATUS_BEING_PROCESSED();

    /** No status of DML, which counts from 0. */
    private static final int NOT_CHECKED = Integer.MIN_VALUE;

    private final JobPool pool;
    private final boolean hardware;
    private final long queueFullNanos;
    private final long deviceNanos;
    private final Durability durability;
    private final HardwareHealth health;

    /** Kept, so that it can be taken back. */
    private final Runnable finisher = this::finishAbandoned;

    private volatile boolean closing;

    DmlEngine(
            JobPool pool, boolean hardware, long queueFullNanos, long deviceNanos, Durability durability,
            HardwareHealth health) {
        this.pool = pool;
        this.hardware = hardware;
        this.queueFullNanos = queueFullNanos;
        this.deviceNanos = deviceNanos;
        this.durability = durability;
        this.health = health;
        MemoryRegions.addFinisher(finisher);
    }

    boolean hardware() {
        return hardware;
    }

    /** Where operations go at this time. */
    DmlPath runningPath() {
        return hardware && health.isUsable() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
    }

    JobPool pool() {
        return pool;
    }

    Durability durability() {
        return durability;
    }

    /** Tells whether the mover is being closed: nothing new is started. */
    boolean closing() {
        return closing;
    }

    /** Goes on until a part is in flight, or everything is done. */
    FutureState proceed(EngineFuture future, Program program) {
        return proceed(future, program, NOT_CHECKED);
    }

    /** The same, with the status of the part that was submitted last, if it is known already. */
    FutureState proceed(EngineFuture future, Program program, int known) {
        Job job = program.job();
        int status = known;
        try {
            while (!program.isDone()) {
                if (status == NOT_CHECKED) {
                    if (!job.isSubmitted()) {
                        if (program.isPausing()) {
                            return inFlight(future, program);
                        }
                        if (job.onHardware() && !health.mayBeUsed()) {
                            job.fallBackToSoftware();
                        }
                        int refused = program.submit();
                        if (refused != OK) {
                            if (job.onHardware()) {
                                health.failed(DmlStatus.of(refused));
                            }
                            if (job.fallBackToSoftware() || mayGoOnWithout(program, refused)) {
                                continue;
                            }
                            return refused(future, program, DmlStatus.of(refused));
                        }
                        program.accepted();
                        if (!job.isSubmitted()) {
                            continue;
                        }
                    }
                    status = job.check();
                }
                if (status == BEING_PROCESSED) {
                    return job.onHardware() && program.isOverdue(deviceNanos)
                            ? overdue(future, program)
                            : inFlight(future, program);
                }
                boolean onHardware = job.onHardware();
                if (program.ended(status)) {
                    if (onHardware) {
                        health.worked();
                    }
                } else {
                    if (onHardware) {
                        health.failed(DmlStatus.of(status));
                    }
                    if (!repair(program, status) && !program.goesOnWithout(status)) {
                        return failed(future, program, DmlStatus.of(status), program.executedBy());
                    }
                }
                status = NOT_CHECKED;
            }
            return done(future, program);
        } catch (SegmentClosedException e) {
            ExecutionPath executed = program.bytesMoved() == 0 ? ExecutionPath.NONE : program.executedBy();
            release(future, job);
            return DmlFailures.unusable(future, executed, e.getMessage(), e.getCause());
        } catch (WrongThreadException e) {
            if (closing) {
                release(future, job);
                return DmlFailures.closed(future);
            }
            throw e;
        } catch (PageUnavailableException e) {
            return pageMissing(future, program, e);
        } catch (InvalidDataException e) {
            return invalidData(future, program, e);
        } catch (RuntimeException | Error e) {
            if (!job.isSubmitted()) {
                release(future, job);
            }
            throw e;
        }
    }

    /** A queue that is full is not the task's fault, and will be tried again. */
    private static boolean mayGoOnWithout(Program program, int refused) {
        return DmlStatus.of(refused).result() != VdmResult.QUEUE_FULL && program.goesOnWithout(refused);
    }

    private FutureState inFlight(EngineFuture future, Program program) {
        future.hold(program);
        program.job().owner(future);
        return FutureState.RUNNING;
    }

    /** The device may go on with the job and its memory: neither may be used anew before it answers. */
    private FutureState overdue(EngineFuture future, Program program) {
        long moved = program.bytesMoved();
        ExecutionPath executed = program.executedBy();
        future.hold(null);
        pool.takeOver(program.job());
        health.silent(deviceNanos);
        return DmlFailures.overdue(future, executed, moved, deviceNanos);
    }

    /** Makes it possible to submit a failed part again, if it is, and in software if need be. */
    private boolean repair(Program program, int status) {
        if (!program.isRepeatable()) {
            return false;
        }
        if (DmlStatus.of(status).result() == VdmResult.PAGE_FAULT
                && program.touchPages() < MAX_FAULTS) {
            return true;
        }
        return program.job().fallBackToSoftware();
    }

    FutureState refused(EngineFuture future, Program program, DmlStatus status) {
        if (status.result() == VdmResult.QUEUE_FULL && program.mayRetry(queueFullNanos)) {
            return inFlight(future, program);
        }
        return failed(
                future, program, status, program.bytesMoved() == 0 ? ExecutionPath.NONE : program.executedBy());
    }

    /** The data are where they belong. The buffers stay pinned until they are durable, too. */
    private FutureState done(EngineFuture future, Program program) {
        ExecutionPath executed = program.executedBy();
        WriteBackKind remaining = program.remainingWriteBack();
        FutureState state =
                remaining == null
                        ? future.succeeded(executed)
                        : writtenBack(future, executed, remaining);
        release(future, program.job());
        return state;
    }

    FutureState writtenBack(EngineFuture future, ExecutionPath path, WriteBackKind kind) {
        try {
            future.writeBack(durability, kind);
            return future.succeeded(path);
        } catch (IOException | IllegalStateException | PageUnavailableException e) {
            return future.notWrittenBack(path, e);
        }
    }

    private FutureState failed(
            EngineFuture future, Program program, DmlStatus status, ExecutionPath executed) {
        long moved = program.bytesMoved();
        DmlPath where = program.job().onHardware() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
        release(future, program.job());
        return DmlFailures.failed(future, where, moved, status, executed);
    }

    private FutureState pageMissing(
            EngineFuture future, Program program, PageUnavailableException cause) {
        long moved = program.bytesMoved();
        ExecutionPath executed = moved == 0 ? ExecutionPath.NONE : program.executedBy();
        release(future, program.job());
        return DmlFailures.pageMissing(future, executed, moved, cause);
    }

    private FutureState invalidData(EngineFuture future, Program program, InvalidDataException cause) {
        long moved = program.bytesMoved();
        ExecutionPath executed = moved == 0 ? ExecutionPath.NONE : program.executedBy();
        release(future, program.job());
        return DmlFailures.invalidData(future, executed, moved, cause);
    }

    void release(EngineFuture future, Job job) {
        future.hold(null);
        job.reset();
        pool.give(job);
    }

    Job takeJob() {
        Job job = pool.take();
        if (job == null && !closing) {
            finishAbandoned();
            job = pool.take();
        }
        if (job == null && !closing) {
            job = pool.reclaim();
        }
        return job;
    }

    /** Polls what is in flight, so that operations whose futures were dropped give their jobs back. */
    void finishAbandoned() {
        pool.collectOverdue();
        health.finish();
        for (int i = 0; i < pool.capacity(); i++) {
            if (pool.peek(i).owner() instanceof EngineFuture future) {
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
