package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaChannel;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.engine.EnginePlan;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.DeviceMoverBuilder;
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
public final class DsaDataMoverBuilder extends DeviceMoverBuilder<DsaDataMoverBuilder> {
    private static final int MOST_USUAL_WORKERS = 4;
    private static final String OPENED = "a work queue has executed a no-op";

    private final EngineSettings settings;
    private List<String> queues = List.of();
    private DsaNumaPolicy numaPolicy = DsaNumaPolicy.CALLER;
    private boolean blockOnFault;
    private boolean fallback = true;
    private Consumer<DsaDecision> listener = decision -> {};

    // For tests.
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
        settings.capacity("slots", count);
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

    /** Another machine and other devices than this one's; for tests. */
    DsaDataMoverBuilder machine(Supplier<DsaSystem> other, Portal.Opener devices) {
        system = other;
        opener = devices;
        return this;
    }

    /** Other write-back engines than the machine's; for tests. */
    DsaDataMoverBuilder durability(Durability engines) {
        settings.durability = engines;
        return this;
    }

    /** Another clock for the pauses of devices that fail; for tests. */
    DsaDataMoverBuilder clock(LongSupplier nanos) {
        settings.clock = nanos;
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
                settings.closeTimeout.toNanos(), settings.clock);
        var pool = new SlotPool(channel, settings.capacity);
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
        OffloadPolicy policy = settings.policy(fallback);
        EnginePlan plan = settings.plan(pool, "vdm4j-dsa", policy,
                new DeviceHealth(pool, decisions, fallback, settings.clock), fallback);
        decisions.decided(true, OPENED + "; " + policy.words());
        return new DsaDataMover(plan, channel, decision::get);
    }
}
