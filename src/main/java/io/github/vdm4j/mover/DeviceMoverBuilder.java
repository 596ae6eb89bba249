package io.github.vdm4j.mover;

import io.github.vdm4j.WhenFull;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings that every mover on a device has. Each has a default.
 *
 * @param <B> the builder of the mover
 */
public abstract class DeviceMoverBuilder<B extends DeviceMoverBuilder<B>> {
    private static final int MAX_WORKERS = 1_024;
    private static final Duration ONE_DAY = Duration.ofDays(1);
    private static final Duration ONE_HOUR = Duration.ofHours(1);

    private final EngineSettings settings;

    /**
     * Creates a builder of a mover of this library.
     *
     * @param settings the defaults
     */
    @SuppressWarnings("exports") // only the library can call it
    protected DeviceMoverBuilder(EngineSettings settings) {
        this.settings = settings;
    }

    @SuppressWarnings("unchecked") // a subclass passes itself
    private B self() {
        return (B) this;
    }

    /**
     * Sets what happens to an operation for the device when all jobs or slots are in flight.
     * Default: {@link WhenFull#WAIT}.
     *
     * @param whenFull whether it waits, or fails if {@link #queueSize} operations wait already
     * @return this
     */
    public B whenFull(WhenFull whenFull) {
        settings.whenFull = Objects.requireNonNull(whenFull, "whenFull");
        return self();
    }

    /**
     * Sets how many operations may wait for a job or slot if the mover {@linkplain #whenFull fails}
     * further operations. Default: 128.
     *
     * @param operations 1 or more
     * @return this
     * @throws IllegalArgumentException if the number is below 1
     */
    public B queueSize(int operations) {
        if (operations < 1) {
            throw new IllegalArgumentException(
                    "queueSize of %,d: must be 1 or more".formatted(operations));
        }
        settings.queueSize = operations;
        return self();
    }

    /**
     * Sets how long the mover retries an operation while every work queue is full. Then the
     * operation fails with {@link io.github.vdm4j.VdmResult#QUEUE_FULL}. Polls retry in growing
     * intervals of at most 64 µs. A mover that can execute the operation without the device does so
     * at once. Default: 100 ms.
     *
     * @param time 0 to one hour
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public B queueFullTimeout(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative() || time.compareTo(ONE_HOUR) > 0) {
            throw new IllegalArgumentException(
                    "queueFullTimeout of %s: must be 0 to %s".formatted(time, ONE_HOUR));
        }
        settings.queueFullTimeout = time;
        return self();
    }

    /**
     * Sets how long the mover waits for the device's answer to one submission. Then the operation
     * fails with {@link io.github.vdm4j.VdmResult#TIMEOUT}. Default: 30 s. A device does not return
     * a submission, so the memory of the operation must be left alone until {@code jobsOverdue} or
     * {@code slotsOverdue} of the mover is 0. Its {@link io.github.vdm4j.buffer.OffHeapBuffer}s
     * cannot be closed before. The time counts from the second poll on, and some polls only check
     * it. An operation that is polled seldom can therefore take up to twice as long.
     *
     * @param time above 0, up to one day
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public B deviceTimeout(Duration time) {
        settings.deviceTimeout = upToOneDay("deviceTimeout", time);
        return self();
    }

    /**
     * Sets how long {@code close} waits for operations in flight. After that it throws a {@link
     * io.github.vdm4j.VdmException} with {@link io.github.vdm4j.VdmResult#TIMEOUT} that names them.
     * It keeps the mover's native memory then, because a device may still write there. Default:
     * 30 s.
     *
     * @param time above 0, up to one day
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public B closeTimeout(Duration time) {
        settings.closeTimeout = upToOneDay("closeTimeout", time);
        return self();
    }

    private static Duration upToOneDay(String setting, Duration time) {
        if (!Objects.requireNonNull(time, "time").isPositive() || time.compareTo(ONE_DAY) > 0) {
            throw new IllegalArgumentException(
                    "%s of %s: must be above 0, up to %s".formatted(setting, time, ONE_DAY));
        }
        return time;
    }

    /**
     * Sets the size from which a device executes an operation, if the mover can execute it without
     * the device. The JVM executes shorter operations on the calling thread, because a round trip
     * to the device takes longer. Operations that have to be durable, batches of this length, and
     * operations of {@link #workersFrom} bytes or more go to the device in any case. Default: 8 KiB
     * (docs/adr/0027).
     *
     * @param bytes 0 or more; 0 for every size
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public B offloadFrom(long bytes) {
        settings.offloadFrom = EngineSettings.notNegative("offloadFrom", bytes);
        return self();
    }

    /**
     * Sets the same for an operation that a thread starts with {@code await} or {@code busyPoll},
     * if the thread waits for this operation alone. Such a thread gains nothing while the device
     * works, so the device has to be faster than the JVM. A value below {@link #offloadFrom} has no
     * effect. Default: 24 KiB (docs/adr/0027).
     *
     * @param bytes 0 or more
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public B offloadFromWhenAwaited(long bytes) {
        settings.offloadFromWhenAwaited =
                EngineSettings.notNegative("offloadFromWhenAwaited", bytes);
        return self();
    }

    /**
     * Sets whether a thread that awaits a long copy executes a share of it. The device copies from
     * the beginning of the range and the thread from its end, until both meet. The share adapts to
     * the side that had to wait. The mover does not split durable copies and copies within one
     * range. The option has an effect only if the mover can execute operations without the device.
     * Default: {@code false} (docs/adr/0029).
     *
     * @param split whether long copies are split
     * @return this
     */
    public B splitLongCopies(boolean split) {
        settings.splitLongCopies = split;
        return self();
    }

    /**
     * Sets the shortest operation that a worker executes if the device does not. The polling thread
     * executes shorter operations, and those on memory that is confined to a thread. Default: 4 MiB
     * (docs/adr/0015 has the measurement).
     *
     * @param bytes 1 or more; {@link Long#MAX_VALUE} for never
     * @return this
     * @throws IllegalArgumentException if the number is below 1
     */
    public B workersFrom(long bytes) {
        settings.workersFrom = EngineSettings.positive("workersFrom", bytes);
        return self();
    }

    /**
     * Sets the number of worker threads for {@link #workersFrom}. They are daemons. The first such
     * operation starts them. Default: one for each processor; at most 4 for DSA without DML.
     *
     * @param count 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public B workers(int count) {
        settings.workers = EngineSettings.count("workers", count, MAX_WORKERS);
        return self();
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
     * Applies C's rule for durable operations on native memory. If {@code true}, a raw segment
     * whose {@linkplain io.github.vdm4j.DurabilityDomain domain} is unknown counts as persistent
     * memory: the device gets the durable flags, and on the software path its cache lines are
     * written back. This is for callers who map device memory themselves. On a raw address inside
     * a page-cache mapping, such an operation reports success while its bytes are not durable.
     * Default: {@code false}, such an operation ends with {@link
     * io.github.vdm4j.VdmResult#UNSUPPORTED}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     */
    public B nativeMemoryIsPersistent(boolean persistent) {
        settings.nativeMemoryIsPersistent = persistent;
        return self();
    }

    /**
     * Sets how long a force may wait for further durable operations on the same file. Default: no
     * further bound.
     *
     * @param longest 0 or more; zero for no wait
     * @return this
     * @throws IllegalArgumentException if the time is negative
     * @see ThreadsDataMoverBuilder#forceWait
     */
    public B forceWait(Duration longest) {
        settings.forceWait = Durability.requireForceWait(longest);
        return self();
    }
}
