package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.BatchProgram;
import io.github.vdm4j.engine.channel.InvalidDataException;
import io.github.vdm4j.engine.channel.OperationProgram;
import io.github.vdm4j.engine.channel.Program;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.trace.OperationTrace;
import io.github.vdm4j.worker.Workers;
import java.util.function.Predicate;

/**
 * The engine for operations with a slot. It submits their parts, polls them, repairs page faults,
 * retries full queues and completes the operation.
 */
final class DeviceEngine {
    private static final int MAX_FAULTS = 16;
    private static final int OK = Slot.OK;

    private final EnginePlan plan;
    private final EngineFailures failures;
    private final SlotPool pool;
    /** The health of the device, or null without hardware. */
    private final DeviceHealth health;
    private final DeviceWorkers workers;
    /** A field, because a new object for each operation would be an allocation. */
    final Predicate<Operation<?>> fasterInJvm;
    private volatile boolean closing;

    DeviceEngine(EnginePlan plan, EngineFailures failures, DeviceWorkers workers) {
        this.plan = plan;
        this.failures = failures;
        this.workers = workers;
        pool = plan.pool();
        health = plan.health();
        fasterInJvm = plan.policy()::isForJvmWithSlot;
    }

    /**
     * Closes the engine. After this call, a thread that may not access an operation's confined
     * memory ends the operation.
     */
    void close() {
        closing = true;
    }

    /**
     * Continues an operation until a part is in flight or all parts are complete.
     *
     * @return the state of the operation, or null if a worker owns it now
     */
    FutureState proceed(Operation<?> operation, Program program) {
        try {
            return advance(operation, program);
        } catch (SegmentClosedException | PageUnavailableException | InvalidDataException e) {
            return broken(operation, program, e);
        } catch (WrongThreadException e) {
            // If the owner has ended, nothing is in flight, because an earlier part has ended.
            if (program.ownerEnded() != null || closing) {
                return broken(operation, program, e);
            }
            operation.requireAccess(); // It returns if the arena was closed.
            return broken(operation, program, new SegmentClosedException(e));
        } catch (RuntimeException | Error e) {
            if (program.slot().isSubmitted()) { // The device may still use the memory.
                operation.attach(null);
                pool.setAside(program.slot());
            } else {
                release(operation, program.slot());
            }
            throw e;
        }
    }

    private FutureState advance(Operation<?> operation, Program program) {
        Slot slot = program.slot();
        boolean mayHandOver = !program.isOnWorker();
        while (!isDone(operation, program)) {
            if (!slot.isSubmitted()) {
                if (program.isPausing()) {
                    return inFlight(operation, program);
                }
                if (slot.onDevice() && !health.mayBeUsed()) {
                    slot.fallBack();
                }
                if (mayHandOver && !slot.onDevice()) {
                    mayHandOver = false; // The answer cannot change.
                    if (workers.handOver(operation)) {
                        return null;
                    }
                }
                int refused = program.submit();
                if (refused != OK) {
                    if (!continuesAfterRefusal(program, refused)) {
                        return refused(operation, program, slot.channel().status(refused));
                    }
                    continue;
                }
                program.accepted();
                if (!slot.isSubmitted()) {
                    continue;
                }
            }
            int status = slot.check();
            if (status != Slot.IN_FLIGHT) {
                if (!continuesAfterPart(program, status)) {
                    return failed(operation, program, slot.channel().status(status),
                            program.executedBy());
                }
            } else if (!program.copyMeanwhile()) {
                return slot.onDevice() && program.isOverdue(plan.deviceNanos())
                        ? overdue(operation, program)
                        : inFlight(operation, program);
            }
        }
        return done(operation, program);
    }

    /**
     * Returns whether the program continues after a refused submission. A full queue is no failure
     * of the task. The caller then retries the submission.
     */
    private boolean continuesAfterRefusal(Program program, int refused) {
        Slot slot = program.slot();
        if (slot.onDevice()) {
            health.failed(refused);
        }
        return slot.fallBack()
                || slot.channel().status(refused).result() != VdmResult.QUEUE_FULL
                        && program.canSkipFailedPart(refused);
    }

    /** Returns {@code false} if a part has failed, and with it the operation. */
    private boolean continuesAfterPart(Program program, int status) {
        boolean onDevice = program.slot().onDevice();
        if (program.ended(status)) {
            if (onDevice) {
                health.worked();
            }
            return true;
        }
        if (onDevice) {
            health.failed(status);
        }
        return repair(program, status) || program.canSkipFailedPart(status);
    }

    private FutureState broken(Operation<?> operation, Program program, RuntimeException e) {
        try {
            return failures.broken(operation, program, e);
        } finally {
            release(operation, program.slot());
        }
    }

    private static void traceQueue(Operation<?> operation, Slot slot, ExecutionPath executed) {
        if (executed == ExecutionPath.DSA_HARDWARE && OperationTrace.isOn()) {
            OperationTrace.executedOn(operation, slot::queue);
        }
    }

    /**
     * Describes an operation in a slot and pins its buffers. Returns null if a buffer is being
     * closed. In this case and after an exception, for example in a full heap, the slot is free.
     *
     * @param onWorker whether a worker executes the operation
     * @param pinned whether the buffers are pinned
     * @param faster whether the JVM executes an operation instead of the software path
     */
    private Program describe(Operation<?> operation, Slot slot, boolean onWorker,
            boolean pinned, Predicate<Operation<?>> faster) {
        // Any thread may begin with a granted slot, not only the thread that waits.
        boolean mayCopy = !onWorker && operation.attachment() != slot;
        boolean begun = false;
        try {
            Program program = slot.begin(operation, plan.durability(), faster);
            if (mayCopy && program instanceof OperationProgram copy
                    && plan.policy().splits(operation)) {
                copy.split(plan.policy().share());
            }
            begun = pinned || program.pin();
            return begun ? program : null;
        } finally {
            if (!begun) {
                release(operation, slot);
            }
        }
    }

    FutureState begin(Operation<?> operation, Slot slot) {
        Program program = describe(operation, slot, false, false, fasterInJvm);
        if (program == null) {
            return CallerExecutor.failBufferClosed(operation);
        }
        if (plan.hasDevice() && !Workers.canExecute(operation)) {
            program.confine();
        }
        operation.attach(program);
        try {
            return proceed(operation, program);
        } catch (WrongThreadException e) {
            if (program instanceof BatchProgram batch && batch.hasBegun()) {
                slot.owner(operation);
            } else {
                // The operation stays idle, because the engine has submitted nothing.
                release(operation, slot);
            }
            throw e;
        }
    }

    /**
     * Starts an operation in a slot on a worker. A task of a batch also uses this, because its
     * batch runs on an allowed thread.
     *
     * @param pinned whether the buffers are pinned
     * @param faster whether the JVM executes an operation instead of the software path
     */
    FutureState beginOnWorker(Operation<?> operation, Slot slot, boolean pinned,
            Predicate<Operation<?>> faster) {
        Program program = describe(operation, slot, true, pinned, faster);
        if (program == null) {
            return CallerExecutor.failBufferClosed(operation);
        }
        program.onWorker(true);
        operation.attach(program);
        slot.owner(operation);
        return proceed(operation, program);
    }

    private FutureState inFlight(Operation<?> operation, Program program) {
        operation.attach(program);
        program.slot().owner(operation);
        return FutureState.RUNNING;
    }

    /**
     * Ends an operation that has timed out on the device. The slot and its memory stay reserved
     * until the device answers, because the device may still use them.
     */
    private FutureState overdue(Operation<?> operation, Program program) {
        traceQueue(operation, program.slot(), program.executedBy());
        health.silent(plan.deviceNanos());
        FutureState ended = failures.overdue(operation, program, plan.deviceNanos());
        operation.attach(program.slot().progress());
        program.slot().timedOut();
        // This is the last step. If the heap is full before, proceed sets the slot aside.
        pool.setAside(program.slot());
        return ended;
    }

    /**
     * Prepares a failed part for another submission. Returns {@code false} if this is impossible.
     */
    private static boolean repair(Program program, int status) {
        Slot slot = program.slot();
        boolean faulted = slot.channel().status(status).result() == VdmResult.PAGE_FAULT;
        boolean resumes = faulted && program.takeProgress();
        if (!resumes && !program.isRepeatable()) {
            return false;
        }
        return faulted && program.repairPageFault() < MAX_FAULTS || slot.fallBack();
    }

    /**
     * Handles a refused part. If the queue is full, a later poll retries it. Otherwise the
     * operation fails.
     */
    private FutureState refused(Operation<?> operation, Program program, VdmStatus status) {
        if (status.result() == VdmResult.QUEUE_FULL && program.mayRetry(plan.queueFullNanos())) {
            operation.countRetry();
            return inFlight(operation, program);
        }
        return failed(operation, program, status, EngineFailures.executedSoFar(program));
    }

    /**
     * Returns whether the program is done. At a fence, the calling thread first forces the pages if
     * no force thread can.
     */
    private boolean isDone(Operation<?> operation, Program program) {
        boolean done = program.isDone();
        while (done && program.pendingForces() != null && workers.forcesHere(operation)) {
            operation.requireAccess(); // The owner of the confined memory forces it.
            program.pendingForces().await();
            done = program.isDone();
        }
        return done;
    }

    /**
     * Finishes an operation after its data are written. The buffers stay pinned until the data are
     * durable. Returns null if a force thread owns the operation now.
     */
    private FutureState done(Operation<?> operation, Program program) {
        if (program.pendingForces() != null) {
            workers.forceElsewhere(operation, program, program.pendingForces());
            return null;
        }
        traceQueue(operation, program.slot(), program.executedBy());
        Forces forces = program.finish(operation, null);
        if (forces != null) {
            if (!workers.forcesHere(operation)) {
                workers.forceElsewhere(operation, program, forces);
                return null;
            }
            operation.requireAccess(); // The owner of the confined memory forces it.
            forces.await();
        }
        release(operation, program.slot());
        return FutureState.COMPLETE;
    }

    private FutureState failed(Operation<?> operation, Program program, VdmStatus status,
            ExecutionPath executed) {
        traceQueue(operation, program.slot(), executed);
        FutureState ended = failures.failed(operation, program, status, executed);
        release(operation, program.slot());
        return ended;
    }

    /** Releases the slot of an operation. Nothing of the operation may be in flight. */
    void release(Operation<?> operation, Slot slot) {
        operation.attach(slot.progress()); // The future is not complete yet.
        slot.reset();
        pool.give(slot);
    }
}
