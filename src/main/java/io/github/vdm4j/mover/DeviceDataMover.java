package io.github.vdm4j.mover;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.DeviceExecutor;
import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.engine.EnginePlan;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Message;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The base class of the movers on devices. An operation in flight on a device has a slot. A slot
 * contains the native memory of the operation.
 */
public abstract class DeviceDataMover extends AbstractDataMover {
    private final EnginePlan plan;
    private final DeviceExecutor executor;
    private final AtomicReference<DeviceDecision> decision = new AtomicReference<>();
    /** Why the mover rejects heap segments, or null if the JVM executes operations on them. */
    private final String whyNoHeap;

    /**
     * Creates a mover of this library.
     *
     * @param builder its settings
     * @param pool its slots
     * @param policy the choice of the executor of an operation
     * @param reason why it uses its device or does not
     * @param name its name in messages
     * @param threadPrefix the beginning of the names of its threads
     * @param whyNoHeap why it rejects heap segments, or null
     */
    @SuppressWarnings("exports") // Only the library can call this constructor.
    protected DeviceDataMover(DeviceMoverBuilder<?> builder, SlotPool pool, OffloadPolicy policy,
            String reason, String name, String threadPrefix, String whyNoHeap) {
        this.whyNoHeap = whyNoHeap;
        DeviceHealth.Listener health = listener(decision, builder.listener);
        plan = builder.settings.plan(pool, threadPrefix, policy, health);
        executor = new DeviceExecutor(plan, name, whyNoHeap == null);
        health.decided(plan.usesDevice(), reason).run();
    }

    /**
     * Returns a listener that stores a decision and notifies the user. The thread's
     * uncaught-exception handler receives a throwable of the user's listener, because the operation
     * must continue.
     */
    private static DeviceHealth.Listener listener(AtomicReference<DeviceDecision> current,
            Consumer<DeviceDecision> user) {
        return (device, reason) -> {
            var decision = new DeviceDecision(device, reason);
            current.set(decision);
            return () -> {
                try {
                    user.accept(decision);
                } catch (Throwable e) {
                    LibraryThread.report(e);
                }
            };
        };
    }

    @Override
    protected final VdmExecutor executor() {
        return executor;
    }

    @Override
    protected final void checkReachable(VdmOperationType type, String role,
            MemorySegment segment) {
        if (whyNoHeap != null && !segment.isNative()) {
            throw new IllegalArgumentException(
                    FailureName.HEAP_SEGMENT
                            .endOf(Message.of("%s: the %s is a heap segment of %,d bytes, %s", type,
                                    role, segment.byteSize(), whyNoHeap)));
        }
    }

    @Override
    public final boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return plan.durability().supports(flags, destination, true)
                && (destination.isNative() || whyNoHeap == null);
    }

    /** {@return whether the mover uses its device at this time, with the reason} */
    public final DeviceDecision decision() {
        return decision.get();
    }

    /** {@return the operations that the mover's device or library does not execute, in words} */
    public final String policy() {
        return plan.policy().words();
    }

    /** {@return the largest number of operations in flight} */
    public final int capacity() {
        return plan.pool().capacity();
    }

    /** {@return the number of slots in use} */
    public final int slotsInUse() {
        return plan.pool().lent();
    }

    /** {@return the number of operations that wait for a slot or for a worker thread} */
    public final int pending() {
        return executor.pending();
    }

    /**
     * {@return the number of slots without an answer within {@link
     * DeviceMoverBuilder#deviceTimeout}} Their operations have failed with {@link
     * io.github.vdm4j.VdmResult#TIMEOUT}. Do not free or use the memory of these operations until
     * the number is 0.
     */
    public final int slotsOverdue() {
        return plan.pool().collectOverdue();
    }

    /**
     * {@return the size of the native memory for slots and batches in bytes, or 0 after the mover
     * is closed}
     */
    public final long nativeBytes() {
        return plan.pool().nativeBytes();
    }
}
