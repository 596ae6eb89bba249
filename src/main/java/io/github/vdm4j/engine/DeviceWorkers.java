package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.channel.BatchProgram;
import io.github.vdm4j.engine.channel.Program;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.Division;
import io.github.vdm4j.jvm.ForcedOperations;
import io.github.vdm4j.jvm.JvmFailures;
import io.github.vdm4j.jvm.MoveFunctions;
import io.github.vdm4j.jvm.TaskSequence.TaskExecution;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.WriteBackKind;
import io.github.vdm4j.trace.OperationTrace;
import io.github.vdm4j.worker.PartExecutor;
import io.github.vdm4j.worker.Workers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * The part of a {@link DeviceExecutor} for the JVM, the worker threads and the force threads. The
 * first long operation starts the {@link Workers}.
 */
final class DeviceWorkers {
    private static final IdleStrategy IDLE = IdleStrategy.backOff();

    private final EnginePlan plan;
    private final EngineFailures failures;
    private final OffloadPolicy policy;
    private final SlotPool pool;
    private final SlotQueue queue;
    private final CallerExecutor jvm;
    private final ForcedOperations forced;
    private final DeviceEngine engine;
    private final BiConsumer<Operation<?>, Forces> continuation = this::continueBatch;
    /** A field, because a new object for each batch would be an allocation. */
    private final TaskExecution eachTask = this::executeTask;
    /** Guarded by this. */
    private boolean closing;
    private volatile boolean stopped;
    /** The workers, created for the first long operation. Writes are guarded by this. */
    private volatile PartExecutor workers;

    DeviceWorkers(EnginePlan plan, EngineFailures failures, SlotQueue queue) {
        this.plan = plan;
        this.failures = failures;
        this.queue = queue;
        policy = plan.policy();
        pool = plan.pool();
        jvm = new CallerExecutor(MoveFunctions.STANDARD, plan.durability());
        forced = new ForcedOperations(jvm, this::continueOnWorker);
        engine = new DeviceEngine(plan, failures, this);
    }

    DeviceEngine engine() {
        return engine;
    }

    // --- the JVM and forces

    /** Starts a batch whose tasks are executed like single operations. */
    FutureState startBatch(Operation<?> batch) {
        return CallerExecutor.startBatch(batch, eachTask);
    }

    /** Starts an operation with the JVM's kernels. A force thread executes the forces. */
    FutureState startOnJvm(Operation<?> operation, boolean detached) {
        return !operation.isDurable() && operation.tasks() == null || forcesHere(operation)
                ? jvm.start(operation)
                : forced.start(operation, detached);
    }

    /** Returns whether the calling thread has to force the operation's pages. */
    boolean forcesHere(Operation<?> operation) {
        return !policy.hasWorkers() || !Workers.canExecute(operation);
    }

    void forceElsewhere(Operation<?> operation, Program program, Forces forces) {
        boolean detached = program.isOnWorker();
        boolean batch = program instanceof BatchProgram;
        // It is false after the operation was handed over.
        boolean here = !detached && operation.mayBlockCaller();
        forces.pin();
        if (batch) {
            operation.attach(program);
            program.slot().owner(operation);
        } else {
            // This precedes the release of the slot, because close() examines the slots before the
            // forces.
            forced.list(forces);
            engine.release(operation, program.slot());
        }
        if (!detached) {
            operation.handOver();
        }
        if (batch) {
            // close() waits for the slot of the batch.
            forces.submit(operation, continuation, here);
        } else {
            queue.handOff();
            forced.submit(operation, forces, here);
        }
    }

    private void continueBatch(Operation<?> operation, Forces forces) {
        var batch = (BatchProgram) operation.attachment();
        if (batch.isDone() || batch.slot().onDevice()) {
            batch.onWorker(false);
            operation.resumeHere(); // The thread only completes the batch or submits its next task.
        } else {
            batch.onWorker(true);
            continueOnWorker(operation);
        }
    }

    private void continueOnWorker(Operation<?> operation) {
        PartExecutor running = workers();
        if (running == null || !offer(operation, running)) {
            work(operation);
        }
    }

    private static boolean offer(Operation<?> operation, PartExecutor running) {
        return running.workers().offer(operation, Integer.MAX_VALUE);
    }

    boolean isForced(Operation<?> operation) {
        List<Operation<?>> tasks = operation.tasks();
        return tasks != null ? tasks.stream().anyMatch(this::isForced)
                : operation.isDurable() && operation.destination() != null
                        && plan.durability().kindOf(operation.destination()) == WriteBackKind.PAGES;
    }

    // --- workers

    /**
     * Passes a long operation to a worker if the hardware does not execute it.
     *
     * @return {@code true} if a worker owns the operation. The caller must not access it in this
     *     case
     */
    boolean handOver(Operation<?> operation) {
        if (operation.byteSize() < policy.workersFrom(operation)
                || !Workers.canExecute(operation)) {
            return false;
        }
        PartExecutor running = workers();
        if (running == null) {
            return false;
        }
        if (operation.attachment() instanceof Program program) {
            program.onWorker(true);
            program.slot().owner(operation);
        } else if (!divide(operation, running)) {
            operation.attach(null);
        }
        operation.handOver();
        if (!offer(operation, running)) {
            if (operation.attachment() instanceof Division divided) {
                divided.unpin();
                operation.attach(null);
            }
            work(operation); // The mover is closing.
        }
        return true;
    }

    /**
     * Divides an operation among the workers. Returns {@code false} if one worker executes it
     * alone.
     */
    private boolean divide(Operation<?> operation, PartExecutor parts) {
        if (!jvm.canMakeDurable(operation)) {
            return false;
        }
        Division divided = policy.isForSoftware(operation)
                ? parts.divide(operation, this::executePart, this::executePart,
                        pool.channel().software())
                : parts.divide(operation, null, task -> executeTask(task, null), ExecutionPath.JVM);
        return divided != null && divided.pin() == null; // A worker reports a closed buffer.
    }

    /** Returns the workers, or null if the mover is closing or the system has no thread. */
    private PartExecutor workers() {
        PartExecutor running = workers;
        if (running != null) {
            return running;
        }
        synchronized (this) {
            if (workers == null && !closing) {
                try {
                    var fresh = new Workers(plan.threadPrefix() + "-worker", plan.workers(),
                            plan.workerStrategy(), operation -> false, this::work);
                    var executor = new PartExecutor(fresh, jvm, forced, policy.parallelFrom());
                    fresh.start();
                    workers = executor;
                } catch (OutOfMemoryError e) {
                    return null;
                }
            }
            return workers;
        }
    }

    /** Executes an operation that the calling worker owns. */
    private void work(Operation<?> operation) {
        if (operation.attachment() instanceof Division divided) {
            workers.work(operation, divided);
            return;
        }
        try {
            OperationTrace.workBegins(operation);
            FutureState reached;
            if (operation.attachment() instanceof Program program) {
                reached = engine.proceed(operation, program);
            } else if (ForcedOperations.hasBegun(operation)) {
                forced.execute(operation);
                return;
            } else {
                reached = startOnWorker(operation);
            }
            for (int round = 0; reached == FutureState.RUNNING; round++) {
                IDLE.idle(round);
                reached = engine.proceed(operation, (Program) operation.attachment());
            }
            if (reached == null) {
                return; // A force thread owns the operation.
            }
            OperationTrace.workEnds(operation);
        } catch (Throwable e) {
            operation.completeBroken(e);
            return;
        }
        operation.complete();
    }

    private FutureState startOnWorker(Operation<?> operation) {
        if (policy.executesTasksSingly(operation)) {
            return startBatch(operation);
        }
        boolean needsSlot = operation.isOffHeap() && pool.channel().software() != ExecutionPath.JVM
                && (operation.type() != VdmOperationType.FLUSH || plan.needsSlotToFlush(operation));
        Slot slot = needsSlot ? pool.take() : null;
        return slot == null ? startOnJvm(operation, true)
                : engine.beginOnWorker(operation, slot, false, engine.fasterInJvm);
    }

    /**
     * Executes a task of a batch like a single operation. The task needs no check of its thread,
     * because its batch runs on an allowed thread.
     */
    private Forces executeTask(Operation<?> task, Forces earlier) {
        Slot slot = task.byteSize() == 0 || policy.isForJvm(task) || !task.isOffHeap() ? null
                : pool.take();
        if (slot == null) {
            jvm.execute(task);
            return earlier;
        }
        execute(task, slot, engine.fasterInJvm);
        return earlier;
    }

    /** Executes a task or a part with a slot. Its buffers are pinned. */
    private void execute(Operation<?> task, Slot slot, Predicate<Operation<?>> fasterInJvm) {
        try {
            for (FutureState reached = engine.beginOnWorker(task, slot, true, fasterInJvm);
                    reached != FutureState.COMPLETE;
                    reached = engine.proceed(task, (Program) task.attachment())) {
                Thread.onSpinWait(); // The software path refuses submissions only for a short time.
            }
        } catch (Throwable e) {
            JvmFailures.record(task, e, 0);
        }
    }

    private void executePart(Operation<?> part) {
        Slot slot = pool.take();
        for (int round = 0; slot == null; round++) {
            SlotRefusedException refusal = pool.refusal();
            if (stopped) {
                part.failClosed();
                return;
            } else if (refusal != null && pool.lent() == 0) {
                failures.noSlot(part, refusal);
                return;
            }
            // All workers may be here, while the operations with slots wait for a worker.
            Operation<?> holder = workers.workers()
                    .pending()
                    .takeIf(waiting -> waiting.attachment() instanceof Program);
            if (holder != null) {
                work(holder);
            } else {
                queue.finishAbandoned();
                IDLE.idle(round);
            }
            slot = pool.take();
        }
        execute(part, slot, shorterPart -> false); // The JVM has no part of a longer operation.
    }

    int pending() {
        PartExecutor running = workers;
        return running == null ? 0 : running.workers().pending().size();
    }

    /** Removes an operation that no worker has begun. Returns whether the caller owns it now. */
    boolean cancel(Operation<?> operation) {
        PartExecutor running = workers;
        return running != null && running.cancel(operation);
    }

    // --- closing

    /** Prevents the start of workers. Returns the running workers, or null if there are none. */
    private synchronized PartExecutor refuse() {
        closing = true;
        return workers;
    }

    /** Ends the operations that wait for a worker. Returns their number. */
    int refusePending() {
        PartExecutor running = refuse();
        return running == null ? 0 : running.refusePending();
    }

    /**
     * Waits for the workers and for the forces.
     *
     * @return the operations that were still running at the close timeout
     */
    Set<Operation<?>> stop(long deadline) {
        Set<Operation<?>> left = new LinkedHashSet<>();
        PartExecutor running = refuse();
        if (running != null) {
            left.addAll(running.workers().stop(deadline));
            stopped = true;
            running.stopAll(left);
        }
        left.addAll(awaitForces(deadline));
        return left;
    }

    /** Waits for the forces. Returns the operations that still waited at the close timeout. */
    List<Operation<?>> awaitForces(long deadline) {
        return forced.await(deadline);
    }
}
