package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaChannel;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.mover.DeviceDataMover;
import java.util.List;

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
 * operation, the JVM executes the rest of it. There are two exceptions. An operation without an
 * answer times out. A memmove within its own range fails if the device reports no progress. Its
 * source may have changed in this case. {@link io.github.vdm4j.VdmFuture#path} returns the path
 * that executed an operation. Without {@linkplain DsaDataMoverBuilder#fallback fallback}, an
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
public final class DsaDataMover extends DeviceDataMover {
    private final DsaChannel channel;

    DsaDataMover(DsaDataMoverBuilder builder, DsaChannel channel, SlotPool pool,
            OffloadPolicy policy, String reason, boolean fallback) {
        super(builder, pool, policy, reason, "DSA", "vdm4j-dsa", fallback ? null
                : "which a device cannot reach. Use memory from an Arena, fallback(true), or"
                        + " another mover");
        this.channel = channel;
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

    /** {@return a builder with the defaults} */
    public static DsaDataMoverBuilder builder() {
        return new DsaDataMoverBuilder();
    }

    @Override
    public String name() {
        return "DSA";
    }

    /** {@return the work queues with their counters for this mover, in the order of their names} */
    public List<DsaQueue> queues() {
        return channel.queues().stream().map(DsaQueue::of).toList();
    }
}
