package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlDataMoverBuilder;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The devices, used through Intel DML. DML uses the enabled shared queues and does not count by
 * queue.
 */
public final class DmlUnderCheck extends CheckedDevice {
    private final Supplier<DmlDataMoverBuilder> builders;
    private final List<String> queues;

    /** Finds the devices of this machine. DML does not know the emulator. */
    public DmlUnderCheck() {
        this(DsaSystem.read(Path.of("/")), DmlDataMover::builder);
    }

    /**
     * Uses the devices of a described machine.
     *
     * @param system the machine
     * @param builders a supplier of a builder for each mover
     */
    public DmlUnderCheck(DsaSystem system, Supplier<DmlDataMoverBuilder> builders) {
        super(system, false);
        this.builders = builders;
        queues = queuesOf("shared");
    }

    @Override
    String mover() {
        return "dml";
    }

    @Override
    Vdm open(List<String> names, int slots, boolean waitsForPages) {
        return builders.get()
                .path(DmlPath.HARDWARE)
                .slots(slots)
                .nativeMemoryIsPersistent(true)
                .queueFullTimeout(QUEUE_FULL_TIMEOUT)
                .deviceTimeout(DEVICE_TIMEOUT)
                .closeTimeout(DEVICE_TIMEOUT)
                .open();
    }

    @Override
    List<String> queuesOf(Vdm mover) {
        return queues;
    }

    @Override
    List<DsaQueue> counts(Vdm mover) {
        return List.of();
    }

    @Override
    boolean choosesQueues() {
        return false;
    }
}
