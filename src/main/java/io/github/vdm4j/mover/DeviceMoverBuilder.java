package io.github.vdm4j.mover;

import io.github.vdm4j.engine.EngineSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The common settings of all movers on devices. Each setting has a default.
 *
 * @param <B> the builder of the mover
 */
public abstract class DeviceMoverBuilder<B extends DeviceMoverBuilder<B>> extends MoverBuilder<B> {
    private static final int MAX_SLOTS = 1 << 16;
    private static final Duration ONE_HOUR = Duration.ofHours(1);

    Consumer<DeviceDecision> listener = decision -> {};

    /**
     * Creates a builder of a mover of this library.
     *
     * @param settings the defaults
     */
    @SuppressWarnings("exports") // Only the library can call this constructor.
    protected DeviceMoverBuilder(EngineSettings settings) {
        super(settings);
    }

    /**
     * Sets the largest number of operations in flight. Each operation needs a slot. For DML, a slot
     * is a job. It takes 384 bytes of native memory for each path of the mover, and 16,320
     * additional bytes after it has applied a delta. For DSA without DML, it takes 192 bytes for
     * each queue, for up to 4 queues. Default: 128.
     *
     * @param count 1 to 65,536
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public B slots(int count) {
        settings.capacity = EngineSettings.count("slots", count, MAX_SLOTS);
        return self();
    }

    /**
     * Sets how long the mover retries an operation while every work queue is full. After this time,
     * the operation fails with {@link io.github.vdm4j.VdmResult#QUEUE_FULL}. Polls retry in growing
     * intervals of at most 64 µs. A mover that can execute the operation without the device does
     * not retry. Default: 100 ms.
     *
     * @param time 0 to one hour
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public B queueFullTimeout(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative() || time.compareTo(ONE_HOUR) > 0) {
            throw new IllegalArgumentException(
                    "queueFullTimeout %s: must be 0 to %s".formatted(time, ONE_HOUR));
        }
        settings.queueFullTimeout = time;
        return self();
    }

    /**
     * Sets how long the mover waits for the device's answer to one submission. After this time, the
     * operation fails with {@link io.github.vdm4j.VdmResult#TIMEOUT}. Default: 30 s.
     *
     * <p>A device does not return a submission. Do not free or use the memory of the operation
     * until {@link DeviceDataMover#slotsOverdue} is 0. Its {@link
     * io.github.vdm4j.buffer.OffHeapBuffer}s cannot be closed before.
     *
     * <p>The time starts at the second poll, and only some polls check it. If an operation is
     * polled rarely, the timeout can therefore take up to twice the time.
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
     * Sets the size from which a device executes an operation. It applies if the mover can execute
     * the operation without the device. The JVM executes shorter operations on the calling thread,
     * because a round trip to the device takes longer. The device always executes durable
     * operations, batches of this length, and operations of {@link #workersFrom} bytes or more.
     * Default: 8 KiB (docs/adr/0027).
     *
     * @param bytes the size in bytes, or 0 for every size
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public B offloadFrom(long bytes) {
        settings.offloadFrom = EngineSettings.notNegative("offloadFrom", bytes);
        return self();
    }

    /**
     * Sets the size from which a device executes an operation that a thread starts with {@code
     * await} or {@code busyPoll}. It applies if the thread waits for this operation alone. The
     * device must be faster than the JVM, because the thread cannot do other work while the device
     * works. A value below {@link #offloadFrom} has no effect. Default: 24 KiB (docs/adr/0027).
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
     * the beginning of the range, and the thread copies from its end, until both meet. If one side
     * has to wait, the mover enlarges its share of the next copy. The mover does not split durable
     * copies and copies within one range. The option requires a mover that can execute operations
     * without the device. Default: {@code false} (docs/adr/0029).
     *
     * @param split whether long copies are split
     * @return this
     */
    public B splitLongCopies(boolean split) {
        settings.splitLongCopies = split;
        return self();
    }

    /**
     * Sets the size from which a worker executes an operation if the device does not. The polling
     * thread executes shorter operations and operations on confined memory. Default: 4 MiB
     * (docs/adr/0015 contains the measurement).
     *
     * @param bytes 1 or more, or {@link Long#MAX_VALUE} for never
     * @return this
     * @throws IllegalArgumentException if the number is below 1
     */
    public B workersFrom(long bytes) {
        settings.workersFrom = EngineSettings.positive("workersFrom", bytes);
        return self();
    }

    /**
     * Sets the number of worker threads for {@link #workersFrom}. The workers are daemon threads.
     * The first operation for a worker starts them. Default: the number of processors, and at most
     * 4 for DSA without DML.
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
     * Sets a listener for the decision whether the mover uses its device. Opening the mover calls
     * the listener with the first decision. If software can replace the device, a polling thread
     * calls it when the mover stops or resumes the use of the device. The calls follow the order of
     * the decisions, one at a time. The listener must therefore be quick and must not wait for a
     * future of this mover. If it closes the mover during a poll, the call does not wait. The
     * thread's uncaught-exception handler receives a throwable of the listener. Default: none.
     *
     * @param listener the listener
     * @return this
     */
    public B onDecision(Consumer<DeviceDecision> listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return self();
    }
}
