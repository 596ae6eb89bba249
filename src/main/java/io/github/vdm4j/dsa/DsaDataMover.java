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
 * the work queues of the devices, {@code /dev/dsa/wq0.0} and so on.
 *
 * <pre>{@code
 * try (var mover = DsaDataMover.open()) {
 *   VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
 *   copy.await();
 * }
 * }</pre>
 *
 * <p>The mover was tested with an emulator of the device only. Reports from real hardware are
 * welcome.
 *
 * <p><b>Fallback.</b> By default, the JVM executes what the devices do not: operations below {@link
 * DsaDataMoverBuilder#offloadFrom}, operations on heap segments, and the rest of an operation that a
 * device refuses or fails. {@link io.github.vdm4j.VdmFuture#path} tells what has executed an
 * operation. Without {@linkplain DsaDataMoverBuilder#fallback fallback}, such an operation fails.
 *
 * <p><b>Lifetime.</b> A device goes on between two polls, and the JVM cannot keep a caller's arena
 * open meanwhile. Do not close an arena before the futures on its segments are complete. A device
 * that does not answer in time may still read and write the operation's memory until {@link
 * #slotsOverdue} is 0.
 *
 * <p><b>Queues.</b> A process opens each queue once, and its movers share the queue. The mover asks
 * the queues in turns. It leaves a queue alone that was disabled, opens it again after a pause, and
 * uses it again when a submission succeeds.
 *
 * <p>C counterpart: none; the descriptors are those of linux/idxd.h.
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
     * Returns the work queues and what they have done for this mover.
     *
     * @return the queues in the order of their names
     */
    public List<DsaQueue> queues() {
        return channel.queues().stream().map(DsaQueue::of).toList();
    }

    /**
     * Returns whether operations go to the devices at this time, and why.
     *
     * @return the decision that holds
     */
    public DsaDecision decision() {
        return decision.get();
    }

    /**
     * Returns how many operations can be in flight at once.
     *
     * @return the number of slots
     */
    public int capacity() {
        return plan.pool().capacity();
    }

    /**
     * Returns how many slots are in use, by operations in flight or being polled at this moment.
     *
     * @return a number that may be outdated at once
     */
    public int slotsInUse() {
        return plan.pool().lent();
    }

    /**
     * Returns how many operations wait: for a slot, or for a worker thread.
     *
     * @return the number at this moment
     */
    public int pending() {
        return executor.pending();
    }

    /**
     * Returns how many slots a device has not answered within {@link
     * DsaDataMoverBuilder#deviceTimeout}. Their operations have failed with {@link
     * io.github.vdm4j.VdmResult#TIMEOUT}. The memory of these operations must not be freed or used
     * meanwhile.
     *
     * @return how many have not been answered yet
     */
    public int slotsOverdue() {
        return plan.pool().collectOverdue();
    }

    /**
     * Returns how much native memory the mover holds for its slots and for batches.
     *
     * @return bytes, 0 once it is closed
     */
    public long nativeBytes() {
        return plan.pool().nativeBytes();
    }
}
