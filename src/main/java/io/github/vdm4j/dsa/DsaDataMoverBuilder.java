package io.github.vdm4j.dsa;

import io.github.vdm4j.WhenFull;
import io.github.vdm4j.dsa.portal.DsaChannel;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.engine.EnginePlan;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.memory.Durability;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Settings for a {@link DsaDataMover}. Each has a default. {@link #open} may be called any number of
 * times, from one thread at a time.
 */
public final class DsaDataMoverBuilder {
    private static final int MAX_SLOTS = 1 << 16;
    private static final int MAX_WORKERS = 1_024;
    private static final Duration ONE_DAY = Duration.ofDays(1);
    private static final Duration ONE_HOUR = Duration.ofHours(1);
    private static final String OPENED = "a work queue has executed a no-op";

    private List<String> queues = List.of();
    private DsaNumaPolicy numaPolicy = DsaNumaPolicy.CALLER;
    private long offloadFrom = OffloadPolicy.OFFLOAD_FROM;
    private boolean splitLongCopies;
    private long offloadFromWhenAwaited = OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED;
    private boolean blockOnFault;
    private boolean fallback = true;
    private int slots = 128;
    private WhenFull whenFull = WhenFull.WAIT;
    private int queueSize = 128;
    private Duration queueFullTimeout = Duration.ofMillis(100);
    private Duration deviceTimeout = Duration.ofSeconds(30);
    private Duration closeTimeout = Duration.ofSeconds(30);
    private long workerBytes = 4L << 20;
    private int workers = Math.min(Runtime.getRuntime().availableProcessors(), 4);
    private boolean nativeMemoryIsPersistent;
    private Duration forceWait = Durability.NO_BOUND;
    private Consumer<DsaDecision> listener = decision -> {};

    // For tests.
    private Supplier<DsaSystem> system = DsaSystem::current;
    private Portal.Opener opener = Portal::open;
    private Durability durability;
    private LongSupplier clock = System::nanoTime;
    private WorkerStrategy workerStrategy = WorkerStrategy.BALANCED;

    DsaDataMoverBuilder() {}

    /**
     * Sets the work queues by name. Default: all shared queues that this process can use. A
     * dedicated queue is used only if it is named.
     *
     * @param names names such as {@code wq0.0}, each once
     * @return this
     * @throws IllegalArgumentException if there is no name, or a name comes twice
     */
    public DsaDataMoverBuilder queues(String... names) {
        List<String> chosen = List.of(names);
        if (chosen.isEmpty() || chosen.stream().distinct().count() < chosen.size()) {
            throw new IllegalArgumentException(
                    "queues %s: must be one name or more, each once".formatted(chosen));
        }
        queues = chosen;
        return this;
    }

    /**
     * Sets which queues an operation goes to if the queues are on several NUMA nodes. Default: {@link
     * DsaNumaPolicy#CALLER}.
     *
     * @param policy the policy
     * @return this
     */
    public DsaDataMoverBuilder numaPolicy(DsaNumaPolicy policy) {
        numaPolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Sets the size from which a device executes an operation. With {@linkplain #fallback fallback},
     * the JVM executes shorter operations, because a submission costs more than a short copy.
     * Default: 8 KiB.
     *
     * @param bytes 0 or more; 0 sends every operation to a device
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public DsaDataMoverBuilder offloadFrom(long bytes) {
        offloadFrom = notNegative("offloadFrom", bytes);
        return this;
    }

    /**
     * Sets the size from which a device executes an operation whose caller waits for it at once.
     * Such a caller has nothing to do meanwhile. Default: 24 KiB (docs/adr/0027).
     *
     * @param bytes 0 or more; below {@link #offloadFrom} it has no effect
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public DsaDataMoverBuilder offloadFromWhenAwaited(long bytes) {
        offloadFromWhenAwaited = notNegative("offloadFromWhenAwaited", bytes);
        return this;
    }

    /**
     * Sets whether a thread that awaits a long copy executes a share of it. The device copies from
     * the beginning of the range and the thread from its end, until both meet. The share adapts to
     * which side had to wait. Durable copies and copies within one range are not split. The option
     * has no effect without {@linkplain #fallback fallback}.
     * Default: {@code false} (docs/adr/0029).
     *
     * @param split whether long copies are split
     * @return this
     */
    public DsaDataMoverBuilder splitLongCopies(boolean split) {
        splitLongCopies = split;
        return this;
    }

    private static long notNegative(String setting, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "%s of %,d bytes: must not be negative".formatted(setting, bytes));
        }
        return bytes;
    }

    /**
     * Sets whether a device waits for a page that is not in memory, on queues that allow it.
     * Otherwise the device stops at the page, the mover touches the page, and the device continues.
     * Default: {@code false}.
     *
     * @param waits whether devices wait for pages
     * @return this
     */
    public DsaDataMoverBuilder blockOnFault(boolean waits) {
        blockOnFault = waits;
        return this;
    }

    /**
     * Sets whether the JVM executes what the devices do not. Default: {@code true}. Without fallback,
     * every size goes to a device, heap segments are refused, and an operation that a device refuses
     * or fails fails with the status of the device.
     *
     * @param fallback whether the JVM executes such operations
     * @return this
     */
    public DsaDataMoverBuilder fallback(boolean fallback) {
        this.fallback = fallback;
        return this;
    }

    /**
     * Sets how many operations can be in flight at once. Default: 128. A slot takes 192 bytes of
     * native memory for each queue, for up to 4 queues.
     *
     * @param count 1 to 65,536
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public DsaDataMoverBuilder slots(int count) {
        if (count < 1 || count > MAX_SLOTS) {
            throw new IllegalArgumentException(
                    "%,d slots: must be 1 to %,d".formatted(count, MAX_SLOTS));
        }
        slots = count;
        return this;
    }

    /**
     * Sets what happens to an operation when all slots are in flight. Default: {@link WhenFull#WAIT}.
     *
     * @param whenFull whether it waits, or fails if {@link #queueSize} operations wait already
     * @return this
     */
    public DsaDataMoverBuilder whenFull(WhenFull whenFull) {
        this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
        return this;
    }

    /**
     * Sets how many operations may wait for a slot if the mover {@linkplain #whenFull fails} further
     * operations. Default: 128.
     *
     * @param operations 1 or more
     * @return this
     * @throws IllegalArgumentException if the number is below 1
     */
    public DsaDataMoverBuilder queueSize(int operations) {
        if (operations < 1) {
            throw new IllegalArgumentException(
                    "queueSize of %,d: must be 1 or more".formatted(operations));
        }
        queueSize = operations;
        return this;
    }

    /**
     * Sets how long the mover retries an operation while every work queue is full. After that the
     * operation fails with {@link io.github.vdm4j.VdmResult#QUEUE_FULL}. With {@linkplain #fallback
     * fallback}, the JVM executes the operation at once. Default: 100 ms.
     *
     * @param time 0 to one hour
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public DsaDataMoverBuilder queueFullTimeout(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative() || time.compareTo(ONE_HOUR) > 0) {
            throw new IllegalArgumentException(
                    "queueFullTimeout of %s: must be 0 to %s".formatted(time, ONE_HOUR));
        }
        queueFullTimeout = time;
        return this;
    }

    /**
     * Sets how long a device may take over one descriptor. After that the operation fails with {@link
     * io.github.vdm4j.VdmResult#TIMEOUT}. The time is counted from the second poll on, and some polls
     * only look at it. Default: 30 s.
     *
     * @param time above 0, up to one day
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     * @see DsaDataMover#slotsOverdue
     */
    public DsaDataMoverBuilder deviceTimeout(Duration time) {
        deviceTimeout = positive("deviceTimeout", time);
        return this;
    }

    /**
     * Sets how long {@link DsaDataMover#close} waits for operations in flight. After that it throws a
     * {@link io.github.vdm4j.VdmException} with {@link io.github.vdm4j.VdmResult#TIMEOUT}, and the
     * mover keeps its native memory, because a device may still write there. Default: 30 s.
     *
     * @param time above 0, up to one day
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public DsaDataMoverBuilder closeTimeout(Duration time) {
        closeTimeout = positive("closeTimeout", time);
        return this;
    }

    private static Duration positive(String setting, Duration time) {
        if (!Objects.requireNonNull(time, "time").isPositive() || time.compareTo(ONE_DAY) > 0) {
            throw new IllegalArgumentException(
                    "%s of %s: must be above 0, up to %s".formatted(setting, time, ONE_DAY));
        }
        return time;
    }

    /**
     * Sets the size from which a worker thread executes an operation that the devices do not execute.
     * Default: 4 MiB.
     *
     * @param bytes 1 or more; {@link Long#MAX_VALUE} for never
     * @return this
     * @throws IllegalArgumentException if the number is below 1
     */
    public DsaDataMoverBuilder workersFrom(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "workersFrom(%,d): must be 1 byte or more".formatted(bytes));
        }
        workerBytes = bytes;
        return this;
    }

    /**
     * Sets the number of worker threads for {@link #workersFrom}. The first such operation starts
     * them. Default: the number of processors, at most 4.
     *
     * @param count 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public DsaDataMoverBuilder workers(int count) {
        if (count < 1 || count > MAX_WORKERS) {
            throw new IllegalArgumentException(
                    "%,d workers: must be 1 to %,d".formatted(count, MAX_WORKERS));
        }
        workers = count;
        return this;
    }

    /**
     * Sets what a worker thread does when there is nothing to do. Default: {@link
     * WorkerStrategy#BALANCED}.
     *
     * @param strategy the strategy
     * @return this
     */
    public DsaDataMoverBuilder workerStrategy(WorkerStrategy strategy) {
        workerStrategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Sets a listener for the decision whether operations go to the devices. The mover calls it when
     * it is opened, when it stops using the devices, and when it uses them again. The thread that
     * polls calls it. A throwable of the listener goes to the thread's uncaught-exception handler.
     * Default: none.
     *
     * @param listener the listener
     * @return this
     */
    public DsaDataMoverBuilder onDecision(Consumer<DsaDecision> listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Applies C's rule for durable operations on native memory. Default: {@code false}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     * @see io.github.vdm4j.mover.ThreadsDataMoverBuilder#nativeMemoryIsPersistent
     */
    public DsaDataMoverBuilder nativeMemoryIsPersistent(boolean persistent) {
        nativeMemoryIsPersistent = persistent;
        return this;
    }

    /**
     * Sets how long a force may wait for further durable operations on its file. Default: a quarter of
     * the last force.
     *
     * @param longest 0 or more
     * @return this
     * @throws IllegalArgumentException if the time is negative
     * @see io.github.vdm4j.mover.ThreadsDataMoverBuilder#forceWait
     */
    public DsaDataMoverBuilder forceWait(Duration longest) {
        forceWait = Durability.requireForceWait(longest);
        return this;
    }

    /** Another machine and other devices than this one's; for tests. */
    DsaDataMoverBuilder machine(Supplier<DsaSystem> other, Portal.Opener devices) {
        system = other;
        opener = devices;
        return this;
    }

    /** Other write-back engines than the machine's; for tests. */
    DsaDataMoverBuilder durability(Durability engines) {
        durability = engines;
        return this;
    }

    /** Another clock for the pauses of devices that fail; for tests. */
    DsaDataMoverBuilder clock(LongSupplier nanos) {
        clock = nanos;
        return this;
    }

    /**
     * Opens a mover with these settings. Each queue has to execute a no-op.
     *
     * @return an open mover
     * @throws DsaUnavailableException if no queue works, or one that was named does not
     * @throws IllegalArgumentException if Linux shows no queue of a name
     */
    public DsaDataMover open() {
        DsaOpening opening = DsaOpening.of(system.get(), queues, opener);
        if (opening.queues().isEmpty() || opening.queues().size() < queues.size()) {
            opening.close();
            throw new DsaUnavailableException(opening.findings());
        }
        var channel = new DsaChannel(opening.queues(), numaPolicy.policy(), blockOnFault, fallback,
                closeTimeout.toNanos(), clock);
        var pool = new SlotPool(channel, slots);
        var decision = new AtomicReference<DsaDecision>();
        Consumer<DsaDecision> heard = listener;
        DeviceHealth.Listener decisions = (device, reason) -> {
            decision.set(new DsaDecision(device, reason));
            try {
                heard.accept(decision.get());
            } catch (Throwable e) {
                LibraryThread.report(e);
            }
        };
        OffloadPolicy policy = fallback
                ? OffloadPolicy.offloading(offloadFrom, offloadFromWhenAwaited, workerBytes)
                        .splitLongCopies(splitLongCopies)
                : OffloadPolicy.allOnChannel(workerBytes);
        var plan = new EnginePlan(pool, "vdm4j-dsa", policy,
                new DeviceHealth(pool, decisions, fallback, clock), engines(),
                queueFullTimeout.toNanos(), deviceTimeout.toNanos(), closeTimeout.toNanos(),
                workers, workerStrategy, whenFull == WhenFull.FAIL ? queueSize : Integer.MAX_VALUE,
                fallback);
        decisions.decided(true, OPENED + "; " + policy.words());
        return new DsaDataMover(plan, channel, decision::get);
    }

    private Durability engines() {
        Durability chosen = durability == null ? Durability.system() : durability;
        return chosen.nativeMemoryIsPersistent(nativeMemoryIsPersistent).forceWait(forceWait);
    }
}
