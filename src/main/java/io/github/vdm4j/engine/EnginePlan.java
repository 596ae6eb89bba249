package io.github.vdm4j.engine;

import io.github.vdm4j.Operation;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.WriteBackKind;

/**
 * The settings and parts of a mover on a device, which its opening decides.
 *
 * @param pool the slots
 * @param threadPrefix the beginning of the names of the mover's threads
 * @param policy what the JVM and the workers execute
 * @param health the health of the device; null without a device
 * @param engines the write-back engines; null for the machine's
 * @param queueFullNanos how long the engine retries a full queue
 * @param deviceNanos how long a device may take over one submission
 * @param closeNanos how long closing may take
 * @param workers the number of worker threads
 * @param strategy how an idle worker waits; null for the default
 * @param mostPending how many operations may wait for a slot
 * @param hasSoftware whether something executes what the device does not
 */
public record EnginePlan(
        SlotPool pool,
        String threadPrefix,
        OffloadPolicy policy,
        DeviceHealth health,
        Durability engines,
        long queueFullNanos,
        long deviceNanos,
        long closeNanos,
        int workers,
        WorkerStrategy strategy,
        int mostPending,
        boolean hasSoftware) {

    boolean hasDevice() {
        return health != null;
    }

    /**
     * Returns whether operations go to the device at this time.
     *
     * @return false without a device, and while the engine does not use the device
     */
    public boolean usesDevice() {
        return health != null && health.isUsable();
    }

    /** Returns the write-back engines. */
    public Durability durability() {
        return engines != null ? engines : Durability.system();
    }

    WorkerStrategy workerStrategy() {
        return strategy != null ? strategy : WorkerStrategy.BALANCED;
    }

    /** Returns for how many nanoseconds a closing that began at a time may go on. */
    long closeNanosLeft(long start) {
        return closeNanos - (System.nanoTime() - start);
    }

    /**
     * Returns whether a flush needs a slot. The JDK forces pages. Hardware, libpmem or DML writes
     * cache lines back.
     */
    boolean needsSlotToFlush(Operation<?> flush) {
        return (hasDevice() || durability().lines() == null)
                && durability().kindOf(flush.destination()) == WriteBackKind.CACHE_LINES;
    }
}
