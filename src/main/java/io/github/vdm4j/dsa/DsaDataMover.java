package io.github.vdm4j.dsa;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dsa.portal.DsaChannel;
import io.github.vdm4j.engine.DeviceExecutor;
import io.github.vdm4j.engine.EnginePlan;
import io.github.vdm4j.machine.FailureName;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A mover that executes operations on Intel DSA without a native library. It writes descriptors to
 * the work queues of the devices, for example {@code /dev/dsa/wq0.0}.
 *
 * <pre>{@code
 * try (var mover = DsaDataMover.open()) {
 *   VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
 *   copy.await();
 * }
 * }</pre>
 *
 * <p>The mover was tested only with an emulator of the device. Reports from real hardware are
 * welcome.
 *
 * <p><b>Fallback.</b> By default, the JVM executes operations below {@link
 * DsaDataMoverBuilder#offloadFrom} and operations on heap segments. If a device refuses or fails an
 * operation, the JVM executes the rest of it. {@link io.github.vdm4j.VdmFuture#path} returns the
 * path that executed an operation. Without {@linkplain DsaDataMoverBuilder#fallback fallback}, an
 * operation fails if a device cannot execute it.
 *
 * <p><b>Lifetime.</b> A device works between two polls, and the JVM cannot keep a caller's arena
 * open during this time. Do not close an arena before the futures on its segments are complete.
 * After a timeout, the device may read and write the operation's memory until {@link #slotsOverdue}
 * is 0.
 *
 * <p><b>Queues.</b> A process opens each queue once, and its movers share the queue. The mover
 * submits to the queues in turn. If a queue is disabled, the mover stops using it and reopens it
 * after a pause. When a submission succeeds, the mover uses the queue again.
 *
 * <p>C counterpart: none. The descriptors have the layout of linux/idxd.h.
 */
public final class DsaDataMover extends AbstractDataMover {
    private final EnginePlan plan;
    private final DsaChannel channel;
    private final DeviceExecutor executor;
    private final Supplier<DsaDecision> decision;

    DsaDataMover(EnginePlan plan, DsaChannel channel, Supplier<DsaDecision> decision) {
        this.plan = plan;
        this.channel = channel;
        this.decision = decision;
        executor = new DeviceExecutor(plan, "DSA");
    }

    /**
     * Opens a mover on all shared work queues that this process can use.
     *
     * @return an open mover
     * @throws DsaUnavailableException if there is no such queue
     */
    public static DsaDataMover open() {
        return builder().open();
    }

    /**
     * Returns settings for a mover.
     *
     * @return a builder with the defaults
     */
    public static DsaDataMoverBuilder builder() {
        return new DsaDataMoverBuilder();
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {
        if (!segment.isNative() && !plan.hasSoftware()) {
            throw new IllegalArgumentException(
                    FailureName.HEAP_SEGMENT.endOf(
                            ("%s: the %s is a heap segment of %,d bytes, which a device cannot"
                                    + " reach. Use memory from an Arena, fallback(true), or another"
                                    + " mover")
                                    .formatted(type, role, segment.byteSize())));
        }
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(destination, "destination");
        return (destination.isNative() || plan.hasSoftware())
                && (!flags.contains(VdmFlags.MEM_DURABLE)
                        || plan.durability().supports(destination, true));
    }

    @Override
    public String name() {
        return "DSA";
    }

    /**
     * Returns the work queues with their counters for this mover.
     *
     * @return the queues in the order of their names
     */
    public List<DsaQueue> queues() {
        return channel.queues().stream().map(DsaQueue::of).toList();
    }

    /**
     * Returns whether the mover uses its devices at this time, and the reason.
     *
     * @return the current decision
     */
    public DsaDecision decision() {
        return decision.get();
    }

    /**
     * Returns the largest number of operations in flight.
     *
     * @return the number of slots
     */
    public int capacity() {
        return plan.pool().capacity();
    }

    /**
     * Returns the number of slots in use. An operation uses a slot while it is in flight.
     *
     * @return the number of slots at this time
     */
    public int slotsInUse() {
        return plan.pool().lent();
    }

    /**
     * Returns the number of operations that wait for a slot or for a worker thread.
     *
     * @return the number of waiting operations at this time
     */
    public int pending() {
        return executor.pending();
    }

    /**
     * Returns the number of slots without an answer within {@link
     * DsaDataMoverBuilder#deviceTimeout}. Their operations have failed with {@link
     * io.github.vdm4j.VdmResult#TIMEOUT}. Do not free or use the memory of these operations until
     * the number is 0.
     *
     * @return the number of slots that still lack an answer
     */
    public int slotsOverdue() {
        return plan.pool().collectOverdue();
    }

    /**
     * Returns the size of the native memory for slots and batches.
     *
     * @return the size in bytes, or 0 after the mover is closed
     */
    public long nativeBytes() {
        return plan.pool().nativeBytes();
    }
}
