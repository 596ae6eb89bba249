package io.github.vdm4j.engine;

import io.github.vdm4j.WhenFull;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The settings of every mover on a device. The builder of the mover sets them. */
public final class EngineSettings {
    private static final int MAX_CAPACITY = 1 << 16;

    /** How many operations can be in flight at once. */
    public int capacity = 128;
    /** What happens to an operation if no slot is free. */
    public WhenFull whenFull = WhenFull.WAIT;
    /** How many operations may wait for a slot with {@link WhenFull#FAIL}. */
    public int queueSize = 128;
    /** How long the engine retries a full queue. */
    public Duration queueFullTimeout = Duration.ofMillis(100);
    /** How long a device may take over one submission. */
    public Duration deviceTimeout = Duration.ofSeconds(30);
    /** How long closing may take. */
    public Duration closeTimeout = Duration.ofSeconds(30);
    /** From how many bytes on the device executes an operation. */
    public long offloadFrom = OffloadPolicy.OFFLOAD_FROM;
    /** From how many bytes on, if a thread awaits the operation alone. */
    public long offloadFromWhenAwaited = OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED;
    /** Whether a thread that awaits a long copy executes a share of it. */
    public boolean splitLongCopies;
    /** From how many bytes on a worker executes what the device does not. */
    public long workersFrom = 4L << 20;
    /** The number of worker threads. */
    public int workers;
    /** How an idle worker waits; null for the default, which is made later (docs/adr/0019). */
    public WorkerStrategy workerStrategy;
    /** Whether native memory of unknown domain is persistent memory. */
    public boolean nativeMemoryIsPersistent;
    /** How long a force may wait for further operations; null for no bound. */
    public Duration forceWait;
    /** The write-back engines of a test; null for those of the machine. */
    public Durability durability;
    /** The clock for the pauses of a failing device, in nanoseconds. */
    public LongSupplier clock = System::nanoTime;

    /** Creates the defaults. */
    public EngineSettings(int workers) {
        this.workers = workers;
    }

    /**
     * Checks and sets how many operations can be in flight at once.
     *
     * @param slots what the mover's users call its slots, for the message
     * @param number 1 to 65,536
     * @throws IllegalArgumentException if the number is out of that range
     */
    public void capacity(String slots, int number) {
        capacity = count(slots, number, MAX_CAPACITY);
    }

    /**
     * Checks a number of things.
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
     * Checks a number of bytes that may be 0.
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
     * Checks a number of bytes that may not be 0.
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
     * @param hasSoftware whether something executes what the device does not
     */
    public OffloadPolicy policy(boolean hasSoftware) {
        return hasSoftware
                ? OffloadPolicy.offloading(offloadFrom, offloadFromWhenAwaited, workersFrom)
                        .splitLongCopies(splitLongCopies)
                : OffloadPolicy.allOnChannel(workersFrom);
    }

    /**
     * Returns the plan of a mover with these settings.
     *
     * @param pool the slots
     * @param threadPrefix the beginning of the names of the mover's threads
     * @param policy what the JVM and the workers execute
     * @param health the health of the device; null without a device
     * @param hasSoftware whether something executes what the device does not
     */
    public EnginePlan plan(SlotPool pool, String threadPrefix, OffloadPolicy policy,
            DeviceHealth health, boolean hasSoftware) {
        return new EnginePlan(pool, threadPrefix, policy, health, engines(),
                queueFullTimeout.toNanos(), deviceTimeout.toNanos(), closeTimeout.toNanos(),
                workers, workerStrategy, whenFull == WhenFull.FAIL ? queueSize : Integer.MAX_VALUE,
                hasSoftware);
    }

    /** Returns the write-back engines; null for those of the machine. */
    private Durability engines() {
        if (durability == null && !nativeMemoryIsPersistent && forceWait == null) {
            return null;
        }
        Durability chosen = durability == null ? Durability.system() : durability;
        chosen = chosen.nativeMemoryIsPersistent(nativeMemoryIsPersistent);
        return forceWait == null ? chosen : chosen.forceWait(forceWait);
    }
}
