package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.job.BatchProgram;
import io.github.vdm4j.dml.job.InvalidDataException;
import io.github.vdm4j.dml.job.Job;
import io.github.vdm4j.dml.job.JobPool;
import io.github.vdm4j.dml.job.Program;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * Executes the operations that have a job: submits their parts, polls them, repairs page faults,
 * retries full queues, and completes the operation.
 */
final class DmlEngine {
    /** How often one part may meet a page fault before the engine stops repairing it. */
    private static final int MAX_FAULTS = 16;
    private static final int OK = dml_h.DML_STATUS_OK;
    private static final int BEING_PROCESSED = dml_h.DML_STATUS_BEING_PROCESSED;
    /** No status of DML, which counts from 0. */
    private static final int NOT_CHECKED = Integer.MIN_VALUE;

    private final DmlPlan plan;
    private final JobPool pool;
    private final Durability durability;
    /** Null without hardware. */
    private final HardwareHealth health;
    /** Hands a running operation over to a worker; false if it stays with the calling thread. */
    private final Predicate<Operation<?>> workers;
    private final Forcing forcing;
    private volatile boolean closing;

    /** What forces the pages that an operation has written. */
    interface Forcing {
        /** Returns whether the calling thread has to force. */
        boolean isHere(Operation<?> operation);

        /** Leaves the forces of an operation to the threads that force. */
        void elsewhere(Operation<?> operation, Program program, Forces forces);
    }

    DmlEngine(DmlPlan plan, Predicate<Operation<?>> workers, Forcing forcing) {
        this.plan = plan;
        this.forcing = forcing;
        this.workers = workers;
        pool = plan.pool();
        durability = plan.durability();
        health = plan.health();
    }

    /** From now on threads that may not access confined memory end its operations. */
    void close() {
        closing = true;
    }

    /**
     * Continues until a part is in flight or everything is done.
     *
     * @return the state reached, or null if a worker has the operation now
     */
    FutureState proceed(Operation<?> operation, Program program) {
        Job job = program.job();
        try {
            boolean mayHandOver = !program.isOnWorker();
            int status = NOT_CHECKED;
            while (!isDone(operation, program)) {
                if (status == NOT_CHECKED) {
                    if (!job.isSubmitted()) {
                        if (program.isPausing()) {
                            return inFlight(operation, program);
                        }
                        if (job.onHardware() && !health.mayBeUsed()) {
                            job.fallBackToSoftware();
                        }
                        if (mayHandOver && !job.onHardware()) {
                            mayHandOver = false; // the answer stays the same
                            if (workers.test(operation)) {
                                return null;
                            }
                        }
                        int refused = program.submit();
                        if (refused != OK) {
                            if (job.onHardware()) {
                                health.failed(DmlStatus.of(refused));
                            }
                            if (job.fallBackToSoftware() || canSkipRefusedPart(program, refused)) {
                                continue;
                            }
                            return refused(operation, program, DmlStatus.of(refused));
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
                            ? overdue(operation, program)
                            : inFlight(operation, program);
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
                        return failed(operation, program, DmlStatus.of(status),
                                program.executedBy());
                    }
                }
                status = NOT_CHECKED;
            }
            return done(operation, program);
        } catch (SegmentClosedException e) {
            long moved = program.bytesMoved();
            ExecutionPath executed = executedSoFar(program);
            release(operation, job);
            return DmlFailures.unusable(operation, executed, moved, e.getMessage(), e.getCause());
        } catch (WrongThreadException e) {
            String ownerEnded = program.ownerEnded();
            if (ownerEnded != null) { // nothing is in flight: a part has ended before
                long moved = program.bytesMoved();
                ExecutionPath executed = executedSoFar(program);
                release(operation, job);
                return DmlFailures.unusable(operation, executed, moved, ownerEnded, e);
            }
            if (closing) {
                long moved = program.bytesMoved();
                ExecutionPath executed = executedSoFar(program);
                release(operation, job);
                return executed == ExecutionPath.NONE
                        ? operation.failClosed()
                        : DmlFailures.stopped(operation, executed, moved);
            }
            throw e;
        } catch (PageUnavailableException e) {
            long moved = program.bytesMoved();
            ExecutionPath executed = executedSoFar(program);
            release(operation, job);
            return DmlFailures.pageMissing(operation, executed, moved, e);
        } catch (InvalidDataException e) {
            long moved = program.bytesMoved();
            ExecutionPath executed = executedSoFar(program);
            release(operation, job);
            return DmlFailures.invalidData(operation, executed, moved, e);
        } catch (RuntimeException | Error e) {
            if (job.isSubmitted()) { // the device may still use the memory
                operation.attach(null);
                pool.takeOver(job);
            } else {
                release(operation, job);
            }
            throw e;
        }
    }

    private static ExecutionPath executedSoFar(Program program) {
        return program.bytesMoved() == 0 ? ExecutionPath.NONE : program.executedBy();
    }

    /** A full queue is not the task's fault: the engine retries it. */
    private static boolean canSkipRefusedPart(Program program, int refused) {
        return DmlStatus.of(refused).result() != VdmResult.QUEUE_FULL
                && program.goesOnWithout(refused);
    }

    private FutureState inFlight(Operation<?> operation, Program program) {
        operation.attach(program);
        program.job().owner(operation);
        return FutureState.RUNNING;
    }

    /**
     * The device may still use the job and its memory: neither may be used anew before the device
     * answers.
     */
    private FutureState overdue(Operation<?> operation, Program program) {
        long moved = program.bytesMoved();
        ExecutionPath executed = program.executedBy();
        operation.attach(null);
        pool.takeOver(program.job());
        health.silent(plan.deviceNanos());
        return DmlFailures.overdue(operation, executed, moved, plan.deviceNanos());
    }

    /** Prepares a failed part for another submission, if that is possible. */
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

    /** A part was refused: tries again later if the queue is full, and otherwise fails. */
    FutureState refused(Operation<?> operation, Program program, DmlStatus status) {
        if (status.result() == VdmResult.QUEUE_FULL && program.mayRetry(plan.queueFullNanos())) {
            operation.countRetry();
            return inFlight(operation, program);
        }
        return failed(operation, program, status, executedSoFar(program));
    }

    private boolean isDone(Operation<?> operation, Program program) {
        boolean done = program.isDone();
        while (done && program instanceof BatchProgram batch && batch.needsForces()
                && forcing.isHere(operation)) {
            operation.requireAccess(); // its own thread forces it
            batch.forces().await();
            done = program.isDone();
        }
        return done;
    }

    /**
     * The data are where they belong. The buffers stay pinned until the data are durable. Returns
     * null if a thread that forces has the operation now.
     */
    private FutureState done(Operation<?> operation, Program program) {
        if (program instanceof BatchProgram batch && batch.needsForces()) {
            forcing.elsewhere(operation, program, batch.forces());
            return null;
        }
        ExecutionPath executed = program.executedBy();
        Forces forces = null;
        try {
            program.writeBackLines(durability);
            operation.succeed(executed, program.value(), program.outcome());
            forces = program.forces(null, operation, durability);
        } catch (IOException | PageUnavailableException e) {
            operation.failWriteBack(executed, e);
        } catch (WrongThreadException e) {
            throw e;
        } catch (IllegalStateException e) {
            operation.failWriteBack(executed, e);
        }
        if (forces != null) {
            if (!forcing.isHere(operation)) {
                forcing.elsewhere(operation, program, forces);
                return null;
            }
            operation.requireAccess(); // its own thread forces it
            forces.await();
        }
        release(operation, program.job());
        return FutureState.COMPLETE;
    }

    private FutureState failed(Operation<?> operation, Program program, DmlStatus status,
            ExecutionPath executed) {
        long moved = program.bytesMoved();
        DmlPath where = program.job().onHardware() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
        release(operation, program.job());
        return DmlFailures.failed(operation, where, moved, status, executed);
    }

    /** Returns the job of an operation with nothing in flight. */
    void release(Operation<?> operation, Job job) {
        operation.attach(null);
        job.reset();
        pool.give(job);
    }
}
