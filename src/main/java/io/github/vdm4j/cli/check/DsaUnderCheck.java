package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaDataMoverBuilder;
import io.github.vdm4j.dsa.DsaNumaPolicy;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.machine.DsaFolders;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The devices, used through {@link DsaDataMover}. */
public final class DsaUnderCheck extends CheckedDevice {
    private final Supplier<DsaDataMoverBuilder> builders;
    private final Duration deviceTimeout;

    /** Finds the devices of this machine. */
    public DsaUnderCheck() {
        this(DsaSystem.current(), DsaFolders.current().areEmulated(), DsaDataMover::builder,
                DEVICE_TIMEOUT);
    }

    DsaUnderCheck(DsaSystem system, boolean emulated, Supplier<DsaDataMoverBuilder> builders,
            Duration deviceTimeout) {
        super(system, emulated);
        this.builders = builders;
        this.deviceTimeout = deviceTimeout;
    }

    @Override
    String mover() {
        return "dsa";
    }

    @Override
    Vdm open(List<String> queues, int slots, boolean waitsForPages) {
        // A mover takes a dedicated queue by its name only.
        List<String> names =
                queues.isEmpty() && queuesOf("shared").isEmpty() ? queuesOf("dedicated") : queues;
        DsaDataMoverBuilder builder = builders.get()
                .fallback(false)
                .numaPolicy(DsaNumaPolicy.ALL)
                .slots(slots)
                .blockOnFault(waitsForPages)
                .nativeMemoryIsPersistent(true)
                .queueFullTimeout(QUEUE_FULL_TIMEOUT)
                .deviceTimeout(deviceTimeout)
                .closeTimeout(deviceTimeout);
        return (names.isEmpty() ? builder : builder.queues(names.toArray(String[]::new))).open();
    }

    @Override
    List<String> queuesOf(Vdm mover) {
        return counts(mover).stream().map(DsaQueue::name).toList();
    }

    @Override
    List<DsaQueue> counts(Vdm mover) {
        return ((DsaDataMover) mover).queues();
    }

    @Override
    boolean choosesQueues() {
        return true;
    }
}
