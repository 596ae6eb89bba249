package io.github.vdm4j.cli.check;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlDataMoverBuilder;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaDataMoverBuilder;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.dsa.DsaNumaPolicy;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.dsa.portal.QueueTraits;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.mover.DeviceDataMover;
import io.github.vdm4j.mover.DeviceMoverBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The devices of a machine, used through one kind of mover without fallback. A {@link DmlDataMover}
 * uses the enabled shared queues and does not count by queue.
 *
 * @param mover {@code dsa} or {@code dml}
 */
public record CheckedDevice(String mover, DsaSystem system, boolean emulated, Opener opener) {
    /** A function that opens a mover without fallback. */
    public interface Opener {
        /**
         * Opens a mover. An empty list stands for all queues. If {@code waitsForPages} is set,
         * descriptors wait for missing pages where a queue allows it.
         */
        DeviceDataMover open(List<String> queues, int slots, boolean waitsForPages);
    }

    private static final Duration DEVICE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration QUEUE_FULL_TIMEOUT = Duration.ofSeconds(30);

    /** Returns the devices of this machine for a {@link DsaDataMover}. */
    public static CheckedDevice dsa() {
        return dsa(DsaSystem.current(), DsaFolders.current().areEmulated(), DsaDataMover::builder,
                DEVICE_TIMEOUT);
    }

    static CheckedDevice dsa(DsaSystem system, boolean emulated,
            Supplier<DsaDataMoverBuilder> builders, Duration deviceTimeout) {
        return new CheckedDevice("dsa", system, emulated, (queues, slots, waitsForPages) -> {
            DsaDataMoverBuilder builder = configure(builders.get(), slots, deviceTimeout)
                    .fallback(false)
                    .numaPolicy(DsaNumaPolicy.ALL)
                    .blockOnFault(waitsForPages);
            return (queues.isEmpty() ? builder : builder.queues(queues.toArray(String[]::new)))
                    .open();
        });
    }

    /** Returns the devices of this machine for a {@link DmlDataMover}. */
    public static CheckedDevice dml() {
        return dml(DsaSystem.read(Path.of("/")), DmlDataMover::builder);
    }

    /** Returns the devices of a described machine for a {@link DmlDataMover}. */
    public static CheckedDevice dml(DsaSystem system, Supplier<DmlDataMoverBuilder> builders) {
        return new CheckedDevice("dml", system, false, (queues, slots, waitsForPages) -> configure(
                builders.get(), slots, DEVICE_TIMEOUT).path(DmlPath.HARDWARE).open());
    }

    private static <B extends DeviceMoverBuilder<B>> B configure(B builder, int slots,
            Duration deviceTimeout) {
        return builder.slots(slots)
                .nativeMemoryIsPersistent(true)
                .queueFullTimeout(QUEUE_FULL_TIMEOUT)
                .deviceTimeout(deviceTimeout)
                .closeTimeout(deviceTimeout);
    }

    DeviceDataMover open(List<String> queues, int slots, boolean waitsForPages) {
        // A mover takes a dedicated queue by its name only.
        return opener.open(queues.isEmpty() && queuesOf("shared").isEmpty() ? queuesOf("dedicated")
                : queues, slots, waitsForPages);
    }

    boolean choosesQueues() {
        return mover.equals("dsa");
    }

    List<String> queuesOf(DeviceDataMover opened) {
        return choosesQueues() ? counts(opened).stream().map(DsaQueue::name).toList()
                : queuesOf("shared");
    }

    /** Returns the queues with their counters. The list is empty if the mover does not count. */
    List<DsaQueue> counts(DeviceDataMover opened) {
        return opened instanceof DsaDataMover counting ? counting.queues() : List.of();
    }

    List<String> queuesOf(String mode) {
        return workQueues()
                .filter(queue -> queue.enabled() && mode.equals(queue.mode()))
                .map(WorkQueue::name)
                .toList();
    }

    /** Returns the enabled queues whose descriptors may wait for missing pages. */
    List<String> waitingForPages() {
        return workQueues()
                .filter(queue -> queue.enabled() && Boolean.TRUE.equals(queue.blockOnFault()))
                .map(WorkQueue::name)
                .toList();
    }

    private Stream<WorkQueue> workQueues() {
        return system.devices().stream().flatMap(device -> device.queues().stream());
    }

    private Stream<WorkQueue> workQueues(List<String> names) {
        return workQueues().filter(queue -> names.contains(queue.name()));
    }

    /** Returns the reason why no device supports an operation, or null if Linux shows no reason. */
    String obstacle(CheckedOperation operation, Variant variant) {
        int opcode = operation.opcode();
        boolean force = operation == CheckedOperation.FLUSH && variant.isFile();
        if (!force && lacks(DsaDevice::operations, 1L << opcode)) {
            return "no device has the opcode 0x%02x".formatted(opcode);
        }
        if (operation == CheckedOperation.MEMMOVE
                && lacks(DsaDevice::capabilities, QueueTraits.OVERLAP)) {
            return "no device copies within a range";
        }
        return variant.flags() == VdmFlags.MEM_DURABLE
                && lacks(DsaDevice::capabilities, QueueTraits.DURABLE | QueueTraits.READBACK)
                        ? "no device writes durably"
                        : null;
    }

    private boolean lacks(Function<DsaDevice, Long> register, long bits) {
        return system.devices()
                .stream()
                .map(register)
                .allMatch(value -> value != null && (value & bits) == 0);
    }

    /** Returns the number of descriptors that the queues hold, at least 1. */
    int capacity(List<String> names) {
        return Math.clamp(workQueues(names).mapToLong(WorkQueue::capacity).sum(), 1, 1 << 12);
    }

    /** Returns the bytes in the longest descriptor of the queues, or 0 if the length is unknown. */
    long maxTransferBytes(List<String> names) {
        return workQueues(names)
                .map(WorkQueue::maxTransferSize)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .min()
                .orElse(0);
    }

    /** Describes all devices and the queues of a mover. */
    Map<String, Map<String, Object>> describe(DeviceDataMover opened) {
        var hardware = new LinkedHashMap<String, Map<String, Object>>();
        for (DsaDevice device : system.devices()) {
            hardware.put(device.name(), facts("version", hexadecimal(device.version()),
                    "gen_cap", hexadecimal(device.capabilities()),
                    "op_cap", hexadecimal(device.operations()),
                    "numa_node", device.numaNode(),
                    "max_transfer_size", device.maxTransferSize(),
                    "max_batch_size", device.maxBatchSize()));
        }
        workQueues(queuesOf(opened)).forEach(queue -> hardware.put(queue.name(), facts(
                "mode", queue.mode(),
                "capacity", queue.capacity(),
                "max_transfer_size", queue.maxTransferSize(),
                "max_batch_size", queue.maxBatchSize(),
                "block_on_fault", queue.blockOnFault())));
        for (DsaQueue queue : counts(opened)) {
            hardware.get(queue.name())
                    .putAll(facts("completions", queue.completions(),
                            "page_faults", queue.pageFaults(), "refusals", queue.refusals()));
        }
        return hardware;
    }

    private static Map<String, Object> facts(Object... namesAndValues) {
        var facts = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            facts.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return facts;
    }

    private static String hexadecimal(Long value) {
        return value == null ? null : "0x" + Long.toHexString(value);
    }
}
