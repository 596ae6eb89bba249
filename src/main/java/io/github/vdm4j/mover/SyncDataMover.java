package io.github.vdm4j.mover;

import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.DataFuture;
import io.github.vdm4j.operation.OperationsMover;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * A data mover that executes each operation in its first poll, on the polling thread, with the
 * JVM's own code. Takes heap and off-heap segments. Durable for mapped files, which it writes to
 * their storage, and for persistent memory if libpmem is installed.
 *
 * <p>C counterpart: miniasync_vdm_synchronous(7), {@code data_mover_sync_new(3)}.
 */
public final class SyncDataMover extends OperationsMover {
    private final Durability durability;
    private final OperationTally tally = new OperationTally();
    private final JvmExecution execution;

    private SyncDataMover(Durability durability) {
        this.durability = durability;
        execution = new JvmExecution(MoveFunctions.STANDARD, durability);
    }

    /**
     * Opens a mover. It holds no resources.
     *
     * @return an open mover
     */
    public static SyncDataMover open() {
        return open(Durability.system());
    }

    /**
     * Settings for a mover.
     *
     * @return a builder with the defaults
     */
    public static SyncDataMoverBuilder builder() {
        return new SyncDataMoverBuilder();
    }

    /** With other write-back engines than the machine's; for tests, which count what they do. */
    static SyncDataMover open(Durability durability) {
        return new SyncDataMover(durability);
    }

    @Override
    protected VdmFuture newFuture() {
        return new SyncFuture(this, durability);
    }

    @Override
    protected <R> DataFuture<R> newDataFuture() {
        return new SyncDataFuture<>(this, execution);
    }

    @Override
    protected BatchFuture newBatchFuture(List<BatchTask> tasks) {
        return new SyncBatchFuture(this, execution, tasks);
    }

    @Override
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {
        // What the calling thread can access, it can copy.
    }

    @Override
    protected void shutDown() {
        // Nothing outlives a poll.
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(destination, "destination");
        return JvmFuture.supports(durability, flags, destination);
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
        return "sync";
    }
}
