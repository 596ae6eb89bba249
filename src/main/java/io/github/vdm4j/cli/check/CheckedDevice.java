package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.cli.check.CheckReport.Device;
import io.github.vdm4j.cli.check.CheckReport.Queue;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlDataMoverBuilder;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaDataMoverBuilder;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaNumaPolicy;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.mover.DeviceMoverBuilder;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param dsaBuilders supplies a builder for each mover, or null for the movers of DML
 * @param dmlBuilders supplies a builder for each mover, or null for the movers of DSA
 */
public record CheckedDevice(
        DsaSystem system,
        boolean emulated,
        Duration deviceTimeout,
        Supplier<DsaDataMoverBuilder> dsaBuilders,
        Supplier<DmlDataMoverBuilder> dmlBuilders) {

    private static final Duration DEVICE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration QUEUE_FULL_TIMEOUT = Duration.ofSeconds(30);

    private static final long OVERLAP = 1 << 1;
    private static final long DURABLE = 1 << 5;
    private static final long READBACK = 1 << 8;

    /** Returns the devices of this machine for a {@link DsaDataMover}. */
    public static CheckedDevice dsa() {
        return dsa(DsaSystem.current(), DsaFolders.current().areEmulated(), DsaDataMover::builder,
                DEVICE_TIMEOUT);
    }

    static CheckedDevice dsa(DsaSystem system, boolean emulated,
            Supplier<DsaDataMoverBuilder> builders, Duration deviceTimeout) {
        return new CheckedDevice(system, emulated, deviceTimeout, builders, null);
    }

    /** Returns the devices of this machine for a {@link DmlDataMover}. */
    public static CheckedDevice dml() {
        return dml(DsaSystem.read(Path.of("/")), DmlDataMover::builder);
    }

    /** Returns the devices of a described machine for a {@link DmlDataMover}. */
    public static CheckedDevice dml(DsaSystem system, Supplier<DmlDataMoverBuilder> builders) {
        return new CheckedDevice(system, false, DEVICE_TIMEOUT, null, builders);
    }

    String mover() {
        return choosesQueues() ? "dsa" : "dml";
    }

    /**
     * Opens a mover. An empty list stands for all queues. If {@code waitsForPages} is set,
     * descriptors wait for missing pages where a queue allows it.
     */
    Vdm open(List<String> queues, int slots, boolean waitsForPages) {
        if (!choosesQueues()) {
            return configure(dmlBuilders.get().path(DmlPath.HARDWARE), slots).open();
        }
        // A mover takes a dedicated queue by its name only.
        List<String> names =
                queues.isEmpty() && queuesOf("shared").isEmpty() ? queuesOf("dedicated") : queues;
        DsaDataMoverBuilder builder = configure(dsaBuilders.get()
                .fallback(false)
                .numaPolicy(DsaNumaPolicy.ALL)
                .blockOnFault(waitsForPages), slots);
        return (names.isEmpty() ? builder : builder.queues(names.toArray(String[]::new))).open();
    }

    private <B extends DeviceMoverBuilder<B>> B configure(B builder, int slots) {
        return builder.slots(slots)
                .nativeMemoryIsPersistent(true)
                .queueFullTimeout(QUEUE_FULL_TIMEOUT)
                .deviceTimeout(deviceTimeout)
                .closeTimeout(deviceTimeout);
    }

    List<String> queuesOf(Vdm mover) {
        return choosesQueues() ? counts(mover).stream().map(DsaQueue::name).toList()
                : queuesOf("shared");
    }

    /** Returns the queues with their counters. The list is empty if the mover does not count. */
    List<DsaQueue> counts(Vdm mover) {
        return mover instanceof DsaDataMover counting ? counting.queues() : List.of();
    }

    boolean choosesQueues() {
        return dsaBuilders != null;
    }

    List<String> queuesOf(String mode) {
        return workQueues()
                .filter(queue -> queue.enabled() && mode.equals(queue.mode()))
                .map(DsaDevice.WorkQueue::name)
                .toList();
    }

    /** Returns the queues whose descriptors may wait for missing pages. */
    List<String> waitingForPages(List<String> names) {
        return workQueues(names)
                .filter(queue -> Boolean.TRUE.equals(queue.blockOnFault()))
                .map(DsaDevice.WorkQueue::name)
                .toList();
    }

    /** Returns the reason why no device supports an operation, or null if Linux shows no reason. */
    String obstacle(CheckedOperation operation, Variant variant) {
        int opcode = operation.opcode();
        boolean force = operation == CheckedOperation.FLUSH && variant.isFile();
        if (!force && lacks(DsaDevice::operations, 1L << opcode)) {
            return "no device has the opcode 0x%02x".formatted(opcode);
        }
        if (operation == CheckedOperation.MEMMOVE
                && lacks(DsaDevice::capabilities, OVERLAP)) {
            return "no device copies within a range";
        }
        return variant.flags() == VdmFlags.MEM_DURABLE
                && lacks(DsaDevice::capabilities, DURABLE | READBACK)
                        ? "no device writes durably"
                        : null;
    }

    private boolean lacks(Function<DsaDevice, Long> register, long bits) {
        return system.devices()
                .stream()
                .map(register)
                .allMatch(value -> value != null && (value & bits) == 0);
    }

    List<Device> devices() {
        return system.devices()
                .stream()
                .map(device -> new Device(device.name(), hexadecimal(device.version()),
                        hexadecimal(device.capabilities()), hexadecimal(device.operations()),
                        device.numaNode(), device.maxTransferSize(), device.maxBatchSize()))
                .toList();
    }

    private static String hexadecimal(Long value) {
        return value == null ? null : "0x" + Long.toHexString(value);
    }

    private Stream<DsaDevice.WorkQueue> workQueues() {
        return system.devices().stream().flatMap(device -> device.queues().stream());
    }

    private Stream<DsaDevice.WorkQueue> workQueues(List<String> names) {
        return workQueues().filter(queue -> names.contains(queue.name()));
    }

    /** Returns the number of descriptors that the queues hold, at least 1. */
    int capacity(List<String> names) {
        long all = workQueues(names).mapToLong(CheckedDevice::size).sum();
        return Math.clamp(all, 1, 1 << 12);
    }

    private static long size(DsaDevice.WorkQueue queue) {
        Long threshold = queue.threshold();
        return Objects.requireNonNullElse(
                threshold == null || threshold == 0 ? queue.size() : threshold, 0L);
    }

    /** Returns the bytes in the longest descriptor of the queues, or 0 if the length is unknown. */
    long maxTransferBytes(List<String> names) {
        return workQueues(names)
                .map(DsaDevice.WorkQueue::maxTransferSize)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .min()
                .orElse(0);
    }

    /** Describes queues. The counters are null if the mover does not count by queue. */
    List<Queue> queues(List<String> names, Map<String, long[]> counts) {
        return workQueues(names).map(queue -> {
            long[] done = counts.get(queue.name());
            return new Queue(queue.name(), queue.mode(), size(queue), queue.maxTransferSize(),
                    queue.maxBatchSize(), queue.blockOnFault(),
                    done == null ? null : done[0],
                    done == null ? null : done[1],
                    done == null ? null : done[2]);
        }).toList();
    }
}
