package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaChannel;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.machine.Elements;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.DeviceMoverBuilder;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Settings for a {@link DsaDataMover}. Each setting has a default. {@link #open} may be called
 * repeatedly. A builder is not thread-safe.
 */
public final class DsaDataMoverBuilder extends DeviceMoverBuilder<DsaDataMoverBuilder> {
    private static final int MOST_USUAL_WORKERS = 4;
    private static final String OPENED = "a work queue has executed a no-op";

    private final EngineSettings settings;
    private List<String> queues = List.of();
    private DsaNumaPolicy numaPolicy = DsaNumaPolicy.CALLER;
    private boolean blockOnFault;
    private boolean fallback = true;

    // Tests replace these.
    private Supplier<DsaSystem> system = DsaSystem::current;
    private Portal.Opener opener = Portal::open;

    DsaDataMoverBuilder() {
        this(new EngineSettings(
                Math.min(Runtime.getRuntime().availableProcessors(), MOST_USUAL_WORKERS)));
    }

    private DsaDataMoverBuilder(EngineSettings settings) {
        super(settings);
        this.settings = settings;
    }

    /**
     * Sets the work queues by name. The mover uses a dedicated queue only by name. Default: all
     * shared queues that this process can use.
     *
     * @param names distinct names such as {@code wq0.0}
     * @return this
     * @throws IllegalArgumentException if there is no name, or if a name occurs twice
     */
    public DsaDataMoverBuilder queues(String... names) {
        List<String> chosen = Elements.nonNull(names, "names");
        if (chosen.isEmpty() || chosen.stream().distinct().count() < chosen.size()) {
            throw new IllegalArgumentException(
                    "queues %s: must be one name or more, each once".formatted(chosen));
        }
        queues = chosen;
        return this;
    }

    /**
     * Sets the choice of a queue if the queues are on several NUMA nodes. Default: {@link
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
     * Sets whether a device waits for a page that is not in memory. Only some queues allow it.
     * Otherwise the device stops at the page, the mover touches the page and submits the rest.
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
     * Sets whether the JVM executes the operations that the devices do not execute. Without
     * fallback, the mover submits operations of every size to a device and rejects heap segments.
     * If a device refuses or fails an operation, the operation fails with the device's status.
     * Default: {@code true}.
     *
     * @param fallback whether the JVM executes such operations
     * @return this
     */
    public DsaDataMoverBuilder fallback(boolean fallback) {
        this.fallback = fallback;
        return this;
    }

    /** Replaces this machine and its devices in tests. */
    DsaDataMoverBuilder machine(Supplier<DsaSystem> other, Portal.Opener devices) {
        system = other;
        opener = devices;
        return this;
    }

    /** Replaces the write-back engines of this machine in tests. */
    DsaDataMoverBuilder durability(Durability engines) {
        settings.durability = engines;
        return this;
    }

    /** Replaces the clock for the pauses of failing devices in tests. */
    DsaDataMoverBuilder clock(LongSupplier nanos) {
        settings.clock = nanos;
        return this;
    }

    /**
     * Opens a mover with these settings. Opening submits a no-op to each queue.
     *
     * @return an open mover
     * @throws DsaUnavailableException if no queue works, or if a named queue does not work
     * @throws IllegalArgumentException if there are devices, and Linux does not show a named queue
     */
    public DsaDataMover open() {
        var opening = new DsaOpening(system.get(), queues, opener, settings.clock);
        if (opening.queues().isEmpty() || opening.queues().size() < queues.size()) {
            opening.close();
            throw new DsaUnavailableException(opening.findings());
        }
        var channel = new DsaChannel(opening.queues(), numaPolicy.policy(), blockOnFault, fallback,
                settings.closeTimeout.toNanos());
        return new DsaDataMover(this, channel, new SlotPool(channel, settings.capacity),
                settings.policy(fallback), OPENED, fallback);
    }
}
