package io.github.vdm4j.mover;

import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Waker;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.DataFuture;
import io.github.vdm4j.operation.OperationsMover;
import io.github.vdm4j.worker.RoomWaker;
import io.github.vdm4j.worker.Workers;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A data mover with worker threads of its own, which use the JVM's own code.
 *
 * <p>The first poll of a future puts its operation into a bounded queue. While the queue is full
 * the future stays idle, and later polls try again; a waker that a poll offers is called when there
 * is room. Takes heap and off-heap segments that any thread may access: not those of a confined
 * arena. Durable for mapped files, which it writes to their storage, and for persistent memory if
 * libpmem is installed.
 *
 * <p>The workers are daemon threads. What they do when there is nothing to do is their {@link
 * io.github.vdm4j.future.WorkerStrategy}; they sleep in the end.
 *
 * <p>C counterpart: miniasync_vdm_threads(7), {@code data_mover_threads_new(3)}.
 */
public final class ThreadsDataMover extends OperationsMover {
    private final Workers<WorkerTask> workers;
    private final MoveFunctions functions;
    private final Durability durability;
    private final OperationTally tally = new OperationTally();
    private final JvmExecution execution;
    private final NotifierType notifier;
    private final Duration closeTimeout;

    ThreadsDataMover(ThreadsDataMoverBuilder settings) {
        functions = settings.functions();
        durability = settings.durability();
        execution = new JvmExecution(functions, durability);
        notifier = settings.notifier();
        closeTimeout = settings.closeTimeout();
        workers =
                new Workers<>(
                        "vdm4j-threads-mover",
                        settings.threads(),
                        settings.queueSize(),
                        settings.strategy(),
                        WorkerTask::work);
    }

    /**
     * Opens a mover with the defaults: a thread for each processor, a queue of 128, wakers.
     *
     * <p>C counterpart: {@code data_mover_threads_default}.
     *
     * @return an open mover
     */
    public static ThreadsDataMover open() {
        return builder().open();
    }

    /**
     * Settings for a mover.
     *
     * @return a builder with the defaults
     */
    public static ThreadsDataMoverBuilder builder() {
        return new ThreadsDataMoverBuilder();
    }

    @Override
    protected VdmFuture newFuture() {
        return new ThreadsFuture(this);
    }

    @Override
    protected <R> DataFuture<R> newDataFuture() {
        return new ThreadsDataFuture<>(this, execution);
    }

    @Override
    protected BatchFuture newBatchFuture(List<BatchTask> tasks) {
        return new ThreadsBatchFuture(this, execution, tasks);
    }

    MoveFunctions functions() {
        return functions;
    }

    Durability durability() {
        return durability;
    }

    boolean enqueue(WorkerTask task) {
        return workers.offer(task);
    }

    /** Marks everything that was enqueued up to now. */
    long mark() {
        return workers.mark();
    }

    /** Tells whether everything before a mark is done. */
    boolean isPast(long mark) {
        return workers.isPast(mark);
    }

    void awaitRoom(RoomWaker room, Waker waker) {
        room.waitFor(workers, waker);
    }

    @Override
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {
        if (!segment.isAccessibleBy(workers.any())) {
            throw new IllegalArgumentException(
                    ("%s: the %s of %,d bytes is in a confined arena, which the mover's threads cannot access;"
                            + " use Arena.ofShared() or ofAuto(), or SyncDataMover")
                            .formatted(type, role, segment.byteSize()));
        }
    }

    @Override
    protected void shutDown() {
        List<WorkerTask> stuck = workers.stop(closeTimeout.toNanos());
        if (!stuck.isEmpty()) {
            throw new VdmException(
                    VdmResult.TIMEOUT,
                    null,
                    "%s gave up closing after %s: still at work on: %s"
                            .formatted(
                                    name(),
                                    closeTimeout,
                                    stuck.stream()
                                            .map(Object::toString)
                                            .collect(Collectors.joining("; "))),
                    null);
        }
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(destination, "destination");
        return destination.isAccessibleBy(workers.any())
                && JvmFuture.supports(durability, flags, destination);
    }

    @Override
    public MoverCounters counters() {
        return tally.sum();
    }

    OperationTally tally() {
        return tally;
    }

    @Override
    public String name() {
        return "threads (" + workers.threads() + ")";
    }

    /**
     * How many worker threads there are.
     *
     * @return the number, at least 1
     */
    public int threads() {
        return workers.threads();
    }

    /**
     * How many operations the queue holds.
     *
     * @return the number, at least 1
     */
    public int queueSize() {
        return workers.queueSize();
    }

    /**
     * The notification that the mover's futures give to those who offer a waker.
     *
     * @return the type
     */
    public NotifierType notifier() {
        return notifier;
    }
}
