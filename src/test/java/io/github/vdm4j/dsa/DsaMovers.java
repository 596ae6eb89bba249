package io.github.vdm4j.dsa;

import io.github.vdm4j.dml.DsaMachine;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.memory.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Movers on devices of the emulator in this process. */
final class DsaMovers implements AutoCloseable {
    final InProcessDevices devices = new InProcessDevices();
    private final Path root;
    private final DsaMachine machine;

    DsaMovers() {
        try {
            root = Files.createTempDirectory("vdm4j-dsa");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        machine = new DsaMachine(root);
    }

    /** One device of the second version with one shared queue. */
    static DsaMovers withOneQueue() {
        return new DsaMovers().device(0, new DeviceSettings().queue(QueueSettings.shared(64)),
                FaultPlan.NONE);
    }

    DsaMovers device(int number, DeviceSettings settings, FaultPlan faults) {
        devices.device(number, new DeviceModel(settings, faults, System::nanoTime,
                DeviceModel.Observer.NONE));
        machine.device(number, settings.node())
                .device(number, "version", "0x%x".formatted(settings.version()),
                        "gen_cap", "0x%x".formatted(settings.capabilities()),
                        "max_transfer_size", "" + settings.maxTransfer(),
                        "max_batch_size", "" + settings.maxBatch(),
                        "op_cap", operations(settings));
        for (int i = 0; i < settings.queues().size(); i++) {
            QueueSettings queue = settings.queues().get(i);
            machine.queue(number + "." + i)
                    .queue(number + "." + i,
                            "mode", queue.dedicated() ? "dedicated" : "shared",
                            "size", "" + queue.size(),
                            "threshold", "" + queue.threshold(),
                            "block_on_fault", queue.blockOnFault() ? "1" : "0",
                            "max_transfer_size",
                            "" + (queue.maxTransfer() == 0 ? settings.maxTransfer()
                                    : queue.maxTransfer()),
                            "max_batch_size",
                            "" + (queue.maxBatch() == 0 ? settings.maxBatch() : queue.maxBatch()));
        }
        return this;
    }

    private static String operations(DeviceSettings settings) {
        long[] bits = settings.opcodes().toLongArray();
        long low = bits.length == 0 ? 0 : bits[0];
        return "%08x,%08x".formatted(low >>> 32, low & 0xffffffffL);
    }

    DsaMachine machine() {
        return machine;
    }

    /** Every size goes to the devices. */
    DsaDataMoverBuilder builder() {
        return DsaDataMover.builder()
                .offloadFrom(0)
                .offloadFromWhenAwaited(0)
                .durability(Durability.withoutLibpmem())
                .machine(machine::system, devices);
    }

    @Override
    public void close() {
        devices.close();
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
