package io.github.vdm4j.engine;

import io.github.vdm4j.WhenFull;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.memory.Durability;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The settings of a mover with worker threads. The builders of the movers describe them. */
public final class EngineSettings {
    public int capacity = 128;
    public WhenFull whenFull = WhenFull.WAIT;
    public int queueSize = 128;
    public Duration queueFullTimeout = Duration.ofMillis(100);
    public Duration deviceTimeout = Duration.ofSeconds(30);
    public Duration closeTimeout = Duration.ofSeconds(30);
    public long offloadFrom = OffloadPolicy.OFFLOAD_FROM;
    public long offloadFromWhenAwaited = OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED;
    public boolean splitLongCopies;
    public long workersFrom = 4L << 20;
    public int workers;
    public WorkerStrategy workerStrategy = WorkerStrategy.BALANCED;
    public boolean nativeMemoryIsPersistent;
    public Duration forceWait = Durability.NO_BOUND;
    /** Tests replace the engines. */
    public Durability durability = Durability.system();
    public LongSupplier clock = System::nanoTime;

    public EngineSettings(int workers) {
        this.workers = workers;
    }

    /** Throws an exception if a number is not 1 to {@code most}. */
    public static int count(String setting, int count, int most) {
        if (count < 1 || count > most) {
            throw new IllegalArgumentException(
                    Message.of("%s %,d: must be 1 to %,d", setting, count, most));
        }
        return count;
    }

    public static long notNegative(String setting, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    Message.of("%s %,d: must be 0 or more", setting, bytes));
        }
        return bytes;
    }

    public static long positive(String setting, long number) {
        if (number < 1) {
            throw new IllegalArgumentException(
                    Message.of("%s %,d: must be 1 or more", setting, number));
        }
        return number;
    }

    public OffloadPolicy policy(boolean hasSoftware) {
        return hasSoftware
                ? OffloadPolicy.offloading(offloadFrom, offloadFromWhenAwaited, workersFrom)
                        .splitLongCopies(splitLongCopies)
                : OffloadPolicy.allOnChannel(workersFrom, Long.MAX_VALUE);
    }

    public EnginePlan plan(SlotPool pool, String threadPrefix, OffloadPolicy policy,
            DeviceHealth.Listener listener) {
        DeviceHealth health = pool.channel().hasDevice()
                ? new DeviceHealth(pool, listener, clock)
                : null;
        return new EnginePlan(pool, threadPrefix, policy, health, engines(),
                queueFullTimeout.toNanos(), deviceTimeout.toNanos(), closeTimeout.toNanos(),
                workers, workerStrategy, mostPending());
    }

    public int mostPending() {
        return whenFull == WhenFull.FAIL ? queueSize : Integer.MAX_VALUE;
    }

    public Durability engines() {
        return durability.nativeMemoryIsPersistent(nativeMemoryIsPersistent).forceWait(forceWait);
    }
}
