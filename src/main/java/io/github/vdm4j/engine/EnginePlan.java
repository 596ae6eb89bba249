package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.WriteBackKind;

/**
 * The settings and components of a mover on a device. The opening of the mover determines them.
 *
 * @param threadPrefix the beginning of the names of the mover's threads
 * @param health the health of the device, or null without a device
 * @param queueFullNanos how long the engine retries a full queue
 */
public record EnginePlan(
        SlotPool pool,
        String threadPrefix,
        OffloadPolicy policy,
        DeviceHealth health,
        Durability durability,
        long queueFullNanos,
        long deviceNanos,
        long closeNanos,
        int workers,
        WorkerStrategy workerStrategy,
        int mostPending) {

    /** Returns whether software can replace the device. */
    boolean hasSoftware() {
        return pool.channel().software() != ExecutionPath.NONE;
    }

    boolean hasDevice() {
        return health != null;
    }

    public boolean usesDevice() {
        return health != null && health.isUsable();
    }

    /** Returns whether a flush needs a slot. The JDK forces pages without a slot. */
    boolean needsSlotToFlush(Operation<?> flush) {
        return (hasDevice() || durability().lines() == null)
                && durability().kindOf(flush.destination()) == WriteBackKind.CACHE_LINES;
    }
}
