package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.Slot;
import java.util.Arrays;
import java.util.List;

/**
 * The channel to DSA. It has the work queues and the memory of the slots. The lock of the slot pool
 * guards the memory.
 */
public final class DsaChannel extends Channel {
    /** A rule that chooses the NUMA node whose devices execute an operation. */
    @FunctionalInterface
    public interface NodePolicy {
        /** Returns the node, or -1 for any node. The address that is written may be 0. */
        int node(Submission submission, long destination);
    }

    /**
     * The bit that marks a status from a completion record. The engine's own statuses use the same
     * numbers.
     */
    static final int RECORDED = 0x100;

    /** The largest number of queues that execute one part at the same time. */
    private static final int MOST_SUBMISSIONS = 4;

    private final List<MoverQueue> queues;
    final QueueChoice choice;
    final boolean waitsForPages;
    /** Whether a queue can make writes durable. */
    final boolean writesDurably;
    private final long closeNanos;
    private int slots;

    /**
     * Makes a channel without slots.
     *
     * @param queues at least one queue. The channel releases the queues
     * @param policy chooses the devices by their NUMA node, or null for all devices
     * @param fallback whether the JVM executes an operation that no device executes
     * @param closeNanos how long closing waits for the devices
     */
    public DsaChannel(List<MoverQueue> queues, NodePolicy policy, boolean waitsForPages,
            boolean fallback, long closeNanos) {
        super(true, fallback ? ExecutionPath.JVM : ExecutionPath.NONE, limits(queues));
        this.queues = queues;
        choice = new QueueChoice(queues, policy);
        this.waitsForPages = waitsForPages;
        writesDurably = queues.stream().anyMatch(queue -> queue.traits().writesDurably());
        this.closeNanos = closeNanos;
    }

    private static ChannelLimits limits(List<MoverQueue> queues) {
        long transfer = ChannelLimits.MAX_PART;
        int tasks = ChannelLimits.MAX_TASKS;
        for (MoverQueue queue : queues) {
            transfer = Math.min(transfer, queue.traits().maxTransferBytes());
            tasks = Math.min(tasks, queue.traits().maxBatchTasks());
        }
        return new ChannelLimits(Math.max(transfer & -ALIGNMENT, ALIGNMENT),
                ChannelLimits.MAX_PART, tasks, 0);
    }

    /** {@link QueueTraits#fit} replaces the flag for each device. */
    @Override
    public int durableFlags() {
        return QueueTraits.READ_BACK;
    }

    @Override
    protected Slot makeSlot() {
        var submissions = new Submission[Math.min(queues.size(), MOST_SUBMISSIONS)];
        Arrays.setAll(submissions, i -> new Submission(allocate(Submission.BYTES)));
        return new DsaSlot(this, submissions, slots++);
    }

    @Override
    protected void release() {
        long deadline = System.nanoTime() + closeNanos;
        for (MoverQueue queue : queues) {
            queue.release(Math.max(0, deadline - System.nanoTime()));
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

    public List<MoverQueue> queues() {
        return queues;
    }
}
