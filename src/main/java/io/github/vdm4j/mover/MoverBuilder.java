package io.github.vdm4j.mover;

import io.github.vdm4j.WhenFull;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import java.time.Duration;
import java.util.Objects;

/**
 * The common settings of all movers with worker threads. Each setting has a default. A builder is
 * not thread-safe.
 *
 * @param <B> the builder of the mover
 */
public abstract class MoverBuilder<B extends MoverBuilder<B>> {
    static final int MAX_WORKERS = 1_024;
    private static final Duration ONE_DAY = Duration.ofDays(1);

    final EngineSettings settings;

    MoverBuilder(EngineSettings settings) {
        this.settings = settings;
    }

    @SuppressWarnings("unchecked") // A subclass passes its own type.
    final B self() {
        return (B) this;
    }

    /**
     * Sets what happens to an operation when all slots are in flight, or all workers are busy.
     * Default: {@link WhenFull#WAIT}.
     *
     * @param whenFull whether the operation waits, or fails if {@link #queueSize} operations wait
     *     already
     * @return this
     */
    public B whenFull(WhenFull whenFull) {
        settings.whenFull = Objects.requireNonNull(whenFull, "whenFull");
        return self();
    }

    /**
     * Sets the largest number of waiting operations. It applies if the mover {@linkplain #whenFull
     * fails} further operations. Default: 128.
     *
     * @param operations 1 or more
     * @return this
     * @throws IllegalArgumentException if the number is below 1
     */
    public B queueSize(int operations) {
        settings.queueSize = (int) EngineSettings.positive("queueSize", operations);
        return self();
    }

    /**
     * Sets how long {@code close} waits for operations in flight. After this time, {@code close}
     * throws a {@link io.github.vdm4j.VdmException} with {@link io.github.vdm4j.VdmResult#TIMEOUT}.
     * The exception names the operations. A mover on a device keeps its native memory in this case,
     * because the device may still write there. A worker thread ends after its operation. The time
     * includes the wait for first polls on other threads. Default: 30 s.
     *
     * @param time above 0, up to one day
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public B closeTimeout(Duration time) {
        settings.closeTimeout = upToOneDay("closeTimeout", time);
        return self();
    }

    static Duration upToOneDay(String setting, Duration time) {
        if (!Objects.requireNonNull(time, "time").isPositive() || time.compareTo(ONE_DAY) > 0) {
            throw new IllegalArgumentException(
                    "%s %s: must be above 0, up to %s".formatted(setting, time, ONE_DAY));
        }
        return time;
    }

    /**
     * Sets how a worker thread waits for work. Default: {@link WorkerStrategy#BALANCED}.
     *
     * @param strategy the strategy
     * @return this
     */
    public B workerStrategy(WorkerStrategy strategy) {
        settings.workerStrategy = Objects.requireNonNull(strategy, "strategy");
        return self();
    }

    /**
     * Sets whether native memory of unknown {@linkplain io.github.vdm4j.DurabilityDomain domain}
     * counts like persistent memory, the rule of C. If {@code true}, a device receives the durable
     * flags, and software writes back the cache lines. Use it if the program maps device memory
     * itself.
     *
     * <p>On a raw address inside a page-cache mapping, a durable operation then reports success
     * although its bytes are not durable. If {@code false}, a durable operation on such memory ends
     * with {@link io.github.vdm4j.VdmResult#UNSUPPORTED}. Default: {@code false}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     */
    public B nativeMemoryIsPersistent(boolean persistent) {
        settings.nativeMemoryIsPersistent = persistent;
        return self();
    }

    /**
     * Sets how long a force may wait for further durable operations on the same file. A shared
     * force is faster than a force for each operation. The wait lasts at most a quarter of the time
     * of the last force. A mover that never waits still shares forces. If operations of several
     * movers share a force, the shortest bound applies. Default: no additional limit.
     *
     * @param longest the longest wait, or zero for no wait
     * @return this
     * @throws IllegalArgumentException if the time is negative
     */
    public B forceWait(Duration longest) {
        settings.forceWait = Durability.requireForceWait(longest);
        return self();
    }
}
