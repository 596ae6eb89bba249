package io.github.vdm4j.engine;

import io.github.vdm4j.WhenFull;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The settings of a mover with worker threads. The builder of the mover sets them. */
public final class EngineSettings {
    /** The largest number of operations in flight. */
    public int capacity = 128;
    /** The behaviour of an operation if no slot is free. */
    public WhenFull whenFull = WhenFull.WAIT;
    /** The largest number of operations that wait for a slot with {@link WhenFull#FAIL}. */
    public int queueSize = 128;
    /** How long the engine retries a full queue. */
    public Duration queueFullTimeout = Duration.ofMillis(100);
    /** The time limit for one submission on a device. */
    public Duration deviceTimeout = Duration.ofSeconds(30);
    /** The time limit for closing. */
    public Duration closeTimeout = Duration.ofSeconds(30);
    /** The size in bytes from which the device executes an operation. */
    public long offloadFrom = OffloadPolicy.OFFLOAD_FROM;
    /** The size in bytes from which the device executes an operation that a thread awaits alone. */
    public long offloadFromWhenAwaited = OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED;
    /** Whether a thread that awaits a long copy executes a share of it. */
    public boolean splitLongCopies;
    /** The size in bytes from which a worker executes an operation if the device does not. */
    public long workersFrom = 4L << 20;
    /** The number of worker threads. */
    public int workers;
    /** How an idle worker waits. */
    public WorkerStrategy workerStrategy = WorkerStrategy.BALANCED;
    /** Whether native memory of unknown domain is persistent memory. */
    public boolean nativeMemoryIsPersistent;
    /** How long a force may wait for further operations, or null for the engines' setting. */
    public Duration forceWait;
    /** The write-back engines. Tests replace them. */
    public Durability durability = Durability.system();
    /** The clock for the pauses of a failing device, in nanoseconds. */
    public LongSupplier clock = System::nanoTime;

    /** Creates settings with the defaults. */
    public EngineSettings(int workers) {
        this.workers = workers;
    }

    /**
     * Checks a number between 1 and {@code most}.
     *
     * @throws IllegalArgumentException if the number is not 1 to {@code most}
     */
    public static int count(String what, int count, int most) {
        if (count < 1 || count > most) {
            throw new IllegalArgumentException(
                    "%,d %s: must be 1 to %,d".formatted(count, what, most));
        }
        return count;
    }

    /**
     * Checks a number of bytes of 0 or more.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public static long notNegative(String setting, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "%s of %,d bytes: must not be negative".formatted(setting, bytes));
        }
        return bytes;
    }

    /**
     * Checks a number of bytes of 1 or more.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    public static long positive(String setting, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "%s(%,d): must be 1 byte or more".formatted(setting, bytes));
        }
        return bytes;
    }

    /**
     * Returns the policy for a device.
     *
     * @param hasSoftware whether software can replace the device
     */
    public OffloadPolicy policy(boolean hasSoftware) {
        return hasSoftware
                ? OffloadPolicy.offloading(offloadFrom, offloadFromWhenAwaited, workersFrom)
                        .splitLongCopies(splitLongCopies)
                : OffloadPolicy.allOnChannel(workersFrom, Long.MAX_VALUE);
    }

    /**
     * Returns the plan of a mover with these settings.
     *
     * @param pool the slots
     * @param threadPrefix the beginning of the names of the mover's threads
     * @param policy the choice of the executor of an operation
     * @param health the health of the device, or null without a device
     * @param hasSoftware whether software can replace the device
     */
    public EnginePlan plan(SlotPool pool, String threadPrefix, OffloadPolicy policy,
            DeviceHealth health, boolean hasSoftware) {
        return new EnginePlan(pool, threadPrefix, policy, health, engines(),
                queueFullTimeout.toNanos(), deviceTimeout.toNanos(), closeTimeout.toNanos(),
                workers, workerStrategy, mostPending(),
                hasSoftware);
    }

    /** Returns the largest number of waiting operations. */
    public int mostPending() {
        return whenFull == WhenFull.FAIL ? queueSize : Integer.MAX_VALUE;
    }

    /** Returns the write-back engines with the settings. */
    public Durability engines() {
        Durability chosen = durability.nativeMemoryIsPersistent(nativeMemoryIsPersistent);
        return forceWait == null ? chosen : chosen.forceWait(forceWait);
    }
}
