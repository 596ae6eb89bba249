package io.github.vdm4j.worker;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.Division;
import io.github.vdm4j.jvm.ForcedOperations;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.trace.OperationTrace;
import java.time.Duration;
import java.util.Set;

/** The executor that passes operations to workers. The workers run the {@link CallerExecutor}. */
public final class WorkerExecutor implements VdmExecutor {
    private final String name;
    private final Workers workers;
    private final CallerExecutor kernels;
    private final ForcedOperations forced;
    private final PartExecutor parts;
    private final int queueLimit;
    private final NotifierType notifier;
    private final Duration closeTimeout;

    /**
     * Starts the threads.
     *
     * @param queueLimit the number of operations that may wait for a thread
     * @param closeTimeout the time limit for closing
     * @param parallelFrom the size in bytes from which all workers execute an operation in parts
     */
    public WorkerExecutor(String name, int threads, int queueLimit, WorkerStrategy strategy,
            NotifierType notifier, Duration closeTimeout, CallerExecutor kernels,
            long parallelFrom) {
        this.name = name;
        this.queueLimit = queueLimit;
        this.notifier = notifier;
        this.closeTimeout = closeTimeout;
        this.kernels = kernels;
        forced = new ForcedOperations(kernels, this::offer);
        workers = new Workers("vdm4j-threads-mover", threads, strategy, kernels::isShort,
                this::work);
        parts = new PartExecutor(workers, kernels, forced, parallelFrom);
        workers.start();
    }

    public Workers workers() {
        return workers;
    }

    @Override
    public FutureState start(Operation<?> operation) {
        if (operation.type() == VdmOperationType.DRAIN || !Workers.canExecute(operation)) {
            // A drain has nothing to do. Only the calling thread can access confined memory.
            return kernels.start(operation);
        }
        if (kernels.isShortBeforeForce(operation)) {
            // The wake-up of a worker takes longer than the copy.
            return forced.start(operation, false);
        }
        Division divided = parts.divide(operation, null, kernels::execute,
                ExecutionPath.JVM);
        String reason = divided == null ? ForcedOperations.pin(operation) : divided.pin();
        if (reason != null) {
            return CallerExecutor.failUnpinned(operation, reason);
        }
        operation.handOver();
        if (!workers.offer(operation, queueLimit)) {
            ForcedOperations.unpin(operation);
            if (workers.pending.isClosed()) {
                operation.failClosed();
            } else {
                operation.fail(ExecutionPath.NONE, VdmResult.MOVER_FULL, null,
                        Message.of("was refused: %,d operations wait for a worker of %s"
                                + " (queueSize), and the mover was opened with whenFull(FAIL). Poll"
                                + " some to their end, or use whenFull(WAIT)", queueLimit, name),
                        null);
            }
            operation.complete();
        }
        return null;
    }

    /** Continues a batch behind a fence. */
    private void offer(Operation<?> batch) {
        if (!workers.offer(batch, Integer.MAX_VALUE)) {
            work(batch); // The mover is closing.
        }
    }

    @Override
    public boolean workWhileAwaited(Operation<?> operation) {
        return workers.helper.help();
    }

    private void work(Operation<?> operation) {
        if (operation.attachment() instanceof Division divided) {
            parts.work(operation, divided);
            return;
        }
        OperationTrace.workBegins(operation);
        forced.execute(operation);
    }

    @Override
    public void answer(Operation<?> operation, Notifier offered) {
        switch (notifier) {
            case WAKER -> offered.useWaker();
            // A poll starts an operation that was prepared again.
            case POLLER -> offered.usePoller(() -> operation.state() != FutureState.RUNNING);
            case NONE -> offered.useNone();
        }
    }

    @Override
    public boolean cancelPending(Operation<?> operation) {
        return parts.cancel(operation);
    }

    @Override
    public long bytesDone(Operation<?> operation) {
        // An earlier execution may have left its parts attached.
        return operation.isHandedOver() && operation.attachment() instanceof Division divided
                ? divided.bytesDone()
                : 0;
    }

    @Override
    public boolean isAsync(Operation<?> operation) {
        return Workers.canExecute(operation);
    }

    @Override
    public boolean isBrief(Operation<?> operation) {
        return kernels.isBrief(operation);
    }

    @Override
    public Duration closeTimeout() {
        return closeTimeout;
    }

    @Override
    public int refusePending() {
        return parts.refusePending();
    }

    /** Ends a batch that waits for a worker. */
    private static void stopAtFence(Operation<?> operation) {
        ForcedOperations.unpin(operation);
        operation.fail(ExecutionPath.JVM, VdmResult.STOPPED, null,
                "was stopped at a fence, because the mover was closed and no worker was left to"
                        + " continue. Poll the batch to its end before you close the mover",
                null);
        operation.complete();
    }

    /**
     * Closes the executor. In a waker, the method does not wait, because the worker that calls the
     * waker may have to finish first.
     */
    @Override
    public void close(long deadline) {
        if (LibraryThread.isCurrent()) {
            workers.refuse();
            return;
        }
        Set<Operation<?>> stuck = workers.stop(deadline);
        int refused = parts.stopAll(stuck);
        stuck.addAll(forced.await(deadline));
        workers.endPending(ForcedOperations::hasBegun, WorkerExecutor::stopAtFence);
        if (!stuck.isEmpty()) {
            throw new VdmException(
                    VdmResult.TIMEOUT,
                    null,
                    Message.of("%s did not close within %s s (closeTimeout): still executing: %s%s",
                            name,
                            closeTimeout.toNanos() / 1e9,
                            Message.list(stuck),
                            refused == 0 ? ""
                                    : Message.of("; %,d operations that waited ended with CLOSED",
                                            refused)),
                    null);
        }
    }
}
