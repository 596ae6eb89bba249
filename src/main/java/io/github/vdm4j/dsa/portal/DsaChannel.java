package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.Slot;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The channel to DSA. It has the work queues and the memory of the slots. The lock of the slot pool
 * guards the memory.
 */
public final class DsaChannel extends Channel {
    /** A rule that chooses the NUMA node whose devices execute an operation. */
    @FunctionalInterface
    public interface NodePolicy {
        /** Returns the node, or -1 for any node. The address that is written may be 0. */
        int node(SlotMemory memory, long destination);
    }

    /**
     * The bit that marks a status from a completion record. The engine's own statuses use the same
     * numbers.
     */
    static final int RECORDED = 0x100;

    /** The largest number of queues that execute one part at the same time. */
    private static final int MOST_LANES = 4;

    private final List<QueueState> queues;
    final QueueChoice choice;
    final boolean waitsForPages;
    /** Whether a queue can make writes durable. */
    final boolean writesDurably;
    private final long closeNanos;
    private int slots;

    /**
     * Makes a channel without slots.
     *
     * @param workQueues at least one open queue. The channel releases the queues
     * @param policy chooses the devices by their NUMA node, or null for all devices
     * @param fallback whether the JVM executes an operation that no device executes
     * @param closeNanos how long closing waits for the devices
     * @param clock the clock for the pauses of queues that are lost, in nanoseconds
     */
    public DsaChannel(List<WorkQueue> workQueues, NodePolicy policy, boolean waitsForPages,
            boolean fallback, long closeNanos, LongSupplier clock) {
        super(true, fallback ? ExecutionPath.JVM : ExecutionPath.NONE, limits(workQueues));
        queues = workQueues.stream().map(queue -> new QueueState(queue, clock)).toList();
        choice = new QueueChoice(queues, policy);
        this.waitsForPages = waitsForPages;
        writesDurably = workQueues.stream().anyMatch(WorkQueue::writesDurably);
        this.closeNanos = closeNanos;
    }

    private static ChannelLimits limits(List<WorkQueue> workQueues) {
        long transfer = ChannelLimits.MAX_PART;
        int tasks = ChannelLimits.MAX_TASKS;
        for (WorkQueue queue : workQueues) {
            transfer = Math.min(transfer, queue.maxTransferBytes());
            tasks = Math.min(tasks, queue.maxBatchTasks());
        }
        return new ChannelLimits(Math.max(transfer & -ALIGNMENT, ALIGNMENT),
                ChannelLimits.MAX_PART, tasks, 0);
    }

    /** {@link WorkQueue#fit} replaces the flag for each device. */
    @Override
    public int durableFlags() {
        return WorkQueue.READ_BACK;
    }

    @Override
    public Slot makeSlot() {
        var lanes = new Lane[Math.min(queues.size(), MOST_LANES)];
        Arrays.setAll(lanes, i -> new Lane(new SlotMemory(allocate(SlotMemory.BYTES))));
        return new DsaSlot(this, lanes, slots++);
    }

    @Override
    protected void release() {
        long deadline = System.nanoTime() + closeNanos;
        for (QueueState queue : queues) {
            queue.queue().queue().release(Math.max(0, deadline - System.nanoTime()));
        }
    }

    @Override
    public VdmStatus status(int status) {
        return DsaStatus.of(status == Slot.OK ? DsaStatus.SUCCESS
                : status == Slot.DIF_ERROR ? DsaStatus.DIF_ERROR
                        : status < 0 ? status : status & ~RECORDED);
    }

    @Override
    public String place(boolean device) {
        return device ? "DSA" : "the JVM";
    }

    public List<QueueState> queues() {
        return queues;
    }
}
