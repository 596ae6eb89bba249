package io.github.vdm4j.engine;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.MemorySegment;

/** A mover on a {@link CopyDevice}. */
final class CopyDeviceMover extends AbstractDataMover {
    static final long DEVICE_NANOS = 20_000_000;
    static final int SLOTS = 4;
    private static final long WORKERS_FROM = 4 << 20;

    final SlotPool pool;
    final DeviceHealth health;
    private final DeviceExecutor executor;

    CopyDeviceMover(CopyDevice device) {
        this(device, SLOTS, DEVICE_NANOS);
    }

    CopyDeviceMover(CopyDevice device, int slots, long deviceNanos) {
        this(device, slots, deviceNanos, policy());
    }

    static OffloadPolicy policy() {
        return OffloadPolicy.allOnChannel(WORKERS_FROM, Long.MAX_VALUE);
    }

    CopyDeviceMover(CopyDevice device, int slots, long deviceNanos, OffloadPolicy policy) {
        this(device, slots, deviceNanos, policy, Durability.system());
    }

    CopyDeviceMover(CopyDevice device, int slots, long deviceNanos, OffloadPolicy policy,
            Durability durability) {
        pool = new SlotPool(device, slots);
        health = new DeviceHealth(pool, (used, reason) -> {
            device.requireHeap();
            return () -> {};
        }, System::nanoTime);
        executor = new DeviceExecutor(
                new EnginePlan(pool, "copy-device", policy, health,
                        durability, 1_000_000_000L, deviceNanos, 10_000_000_000L, 2,
                        WorkerStrategy.BALANCED,
                        Integer.MAX_VALUE),
                "the copy device", device.software() != ExecutionPath.NONE);
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return Durability.system().supports(flags, destination, true);
    }

    @Override
    public String name() {
        return "the copy device";
    }
}
