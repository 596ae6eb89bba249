package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.internal.InvalidDataException;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.flight.OperationTrace;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.platform.PageUnavailableException;
import io.github.vdm4j.platform.SegmentClosedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sees the operations of a mover through once they have a job: what to do with each status that DML
 * answers, and with jobs that nobody waits for any more.
 */
final class DmlEngine {
    /** How often one part may meet a page fault before it is given up. */
    private static final int MAX_FAULTS = 16;

    /** For those who record operations; the path tells the rest. */
    static final String NAME = "DML";

    private static final int OK = dml_h.DML_STATUS_OK;
    private static final int BEING_PROCESSED = dml_h.DML_STATUS_BEING_PROCESSED;

    /** For those who wait until an operation is over; made when the first does. */
    private static final class Idle {
        static final IdleStrategy STRATEGY = IdleStrategy.backOff();
    }

    /** No status of DML, which counts from 0. */
    private static final int NOT_CHECKED = Integer.MIN_VALUE;

    private final DmlPlan plan;
    private final JobPool pool;
    private final boolean hardware;
    private final Durability durability;

    /** Null without hardware. */
    private final HardwareHealth health;

    /**
     * What others call the engine back by: who waits for pins to go, and the workers. A class, as
     * lambdas take longer to be made (docs/adr/0019).
     */
    private final class Callbacks implements Runnable, Consumer<Program> {
        @Override
        public void run() {
            finishAbandoned();
        }

        @Override
        public void accept(Program program) {
            work(program);
        }
    }

    /** Kept, so that it can be taken back. */
    private final Callbacks callbacks = new Callbacks();

    private final OperationTally tally = new OperationTally();
    private final SoftwareWorkers workers;
    private final CompletionPoller completions = new CompletionPoller();

    private volatile boolean closing;

    /**
     * Two cache lines, as whatever comes next may be what another thread writes: see VdmOperation.
     */
    @SuppressWarnings("unused") // takes up room
    private Object a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, k0, l0, m0, n0, o0, p0,
            a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1;

    DmlEngine(DmlPlan plan) {
        this.plan = plan;
        pool = plan.pool();
        hardware = plan.hardware();
        durability = plan.durability();
        health = plan.health();
        workers = new SoftwareWorkers(plan, callbacks);
        MemoryRegions.addFinisher(callbacks);
    }

    boolean hardware() {
        return hardware;
    }

    /**
     * Tells whether what is short enough is over when it is submitted, so that one call does for
     * all.
     */
    boolean executesAtOnce() {
        return !hardware && !pool.callsBack();
    }

    JobPool pool() {
        return pool;
    }

    OperationTally tally() {
        return tally;
    }

    MoverCounters counters() {
        return tally.sum(pool.executed(), pool.executedBytes());
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
        boolean mayHandOver = true;
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
                        if (mayHandOver && !job.onHardware()) {
                            mayHandOver = false; // asking costs something, and the answer stays the same
                            if (handOver(future, program)) {
                                return FutureState.RUNNING;
                            }
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
                    return job.onHardware() && program.isOverdue(plan.deviceNanos())
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
            ExecutionPath executed =
                    program.bytesMoved() == 0 ? ExecutionPath.NONE : program.executedBy();
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

    /** A poll of an operation that was started. */
    FutureState resume(EngineFuture future, Program program) {
        Job job = program.job();
        if (!Job.HAND_OVER.isBegun(job)) {
            return proceed(future, program);
        }
        return Job.HAND_OVER.isDone(job) ? collect(future, job) : FutureState.RUNNING;
    }

    /**
     * Tells whether a poll without a waker could bring an operation further; not when a worker has
     * it.
     */
    static boolean canAdvance(Program program) {
        return program == null
                || !Job.HAND_OVER.isBegun(program.job())
                || Job.HAND_OVER.isDone(program.job());
    }

    /** Answers a poll that left the operation running. */
    FutureState promise(EngineFuture future, Program program, Notifier notifier) {
        if (notifier.waker() == null || program == null) {
            return FutureState.RUNNING;
        }
        Job job = program.job();
        if (!Job.HAND_OVER.isBegun(job)) {
            if (completions.watch(future, job, notifier.waker())) {
                notifier.useWaker();
            }
        } else if (Job.HAND_OVER.addWaker(job, notifier.waker())) {
            notifier.useWaker();
        } else {
            return collect(future, job);
        }
        return FutureState.RUNNING;
    }

    /** The longest operation that the polling thread executes itself. */
    long pollerBytes() {
        return workers.fromBytes() - 1;
    }

    /** Tells whether others than the polling thread execute an operation: a device, or workers. */
    boolean isAsync(EngineFuture future) {
        return plan.runningPath() == DmlPath.HARDWARE || workers.want(future, 0);
    }

    /** Lets a worker go on with an operation, if it is long enough for that. */
    private boolean handOver(EngineFuture future, Program program) {
        Job job = program.job();
        if (Job.HAND_OVER.isBegun(job)
                || future.byteSize() < workers.fromBytes() // as most are: what a batch has moved is a sum over its tasks
                || !workers.want(future, program.bytesMoved())) {
            return false;
        }
        future.hold(program);
        job.owner(future);
        Job.HAND_OVER.begin(job, null);
        if (workers.take(program)) {
            return true;
        }
        Job.HAND_OVER.clear(job);
        return false;
    }

    /** What a worker does. The job stays lent, for the result, until somebody polls the future. */
    private void work(Program program) {
        Job job = program.job();
        EngineFuture future = (EngineFuture) job.owner();
        OperationTrace.workBegins(future);
        try {
            for (int round = 0; proceed(future, program) == FutureState.RUNNING; round++) {
                Idle.STRATEGY.idle(round);
            }
        } catch (Throwable e) {
            future.broken(e);
        }
        OperationTrace.workEnds(future);
        Job.HAND_OVER.end(job);
    }

    /** Completes an operation that a worker has executed. */
    private FutureState collect(EngineFuture future, Job job) {
        Job.HAND_OVER.clear(job);
        if (job.isSubmitted()) {
            future.hold(null); // DML has it, and never gave it back
        } else {
            release(future, job);
        }
        return FutureState.COMPLETE;
    }

    /** A queue that is full is not the task's fault, and will be tried again. */
    private static boolean mayGoOnWithout(Program program, int refused) {
        return DmlStatus.of(refused).result() != VdmResult.QUEUE_FULL
                && program.goesOnWithout(refused);
    }

    private FutureState inFlight(EngineFuture future, Program program) {
        future.hold(program);
        program.job().owner(future);
        return FutureState.RUNNING;
    }

    /**
     * The device may go on with the job and its memory: neither may be used anew before it answers.
     */
    private FutureState overdue(EngineFuture future, Program program) {
        long moved = program.bytesMoved();
        ExecutionPath executed = program.executedBy();
        future.hold(null);
        pool.takeOver(program.job());
        health.silent(plan.deviceNanos());
        return DmlFailures.overdue(future, executed, moved, plan.deviceNanos());
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
        if (status.result() == VdmResult.QUEUE_FULL && program.mayRetry(plan.queueFullNanos())) {
            tally.retried();
            return inFlight(future, program);
        }
        return failed(
                future, program, status,
                program.bytesMoved() == 0 ? ExecutionPath.NONE : program.executedBy());
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

    private FutureState invalidData(EngineFuture future, Program program,
            InvalidDataException cause) {
        long moved = program.bytesMoved();
        ExecutionPath executed = moved == 0 ? ExecutionPath.NONE : program.executedBy();
        release(future, program.job());
        return DmlFailures.invalidData(future, executed, moved, cause);
    }

    void release(EngineFuture future, Job job) {
        if (Job.HAND_OVER.isBegun(job)) {
            job.letGo();
            return;
        }
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
        return job;
    }

    /**
     * Polls what is in flight, so that operations whose futures were dropped give their jobs back.
     */
    void finishAbandoned() {
        pool.collectOverdue();
        if (hardware) {
            health.finish();
        }
        for (int i = 0; i < pool.capacity(); i++) {
            Job job = pool.peek(i);
            if (job != null && job.owner() instanceof EngineFuture future) {
                try {
                    future.finish();
                } catch (WrongThreadException e) {
                    continue; // its own thread will go on with it
                }
            }
        }
    }

    /**
     * Finishes what is in flight and frees the jobs.
     *
     * @throws VdmException if that takes longer than it may; the jobs' memory is kept then
     */
    void drain(String name) {
        long start = System.nanoTime();
        closing = true;
        workers.stop(plan.closeNanos());
        boolean closed = pool.tryClose();
        for (int round = 0; !closed && System.nanoTime() - start < plan.closeNanos(); round++) {
            finishAbandoned();
            Idle.STRATEGY.idle(round);
            closed = pool.tryClose();
        }
        completions.stop();
        if (!closed) {
            throw DmlFailures.stuck(name, plan.closeNanos(), inFlight(), pool.nativeBytes());
        }
        MemoryRegions.removeFinisher(callbacks);
    }

    private List<String> inFlight() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < pool.capacity(); i++) {
            Job job = pool.peek(i);
            Object owner = job == null ? null : job.owner();
            if (owner != null) {
                names.add(owner.toString());
            }
        }
        int overdue = pool.collectOverdue();
        if (overdue > 0) {
            names.add("%,d jobs whose operations have ended with TIMEOUT".formatted(overdue));
        }
        return names;
    }
}
