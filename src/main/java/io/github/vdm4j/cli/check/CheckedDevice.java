package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.cli.check.CheckReport.Device;
import io.github.vdm4j.cli.check.CheckReport.Queue;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaSystem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/** The devices of a machine, used through one kind of mover. These movers have no fallback. */
public abstract class CheckedDevice {
    static final Duration DEVICE_TIMEOUT = Duration.ofSeconds(10);
    static final Duration QUEUE_FULL_TIMEOUT = Duration.ofSeconds(30);

    private static final long OVERLAP = 1 << 1;
    private static final long DURABLE = 1 << 5;
    private static final long READBACK = 1 << 8;

    private final DsaSystem system;
    private final boolean emulated;

    CheckedDevice(DsaSystem system, boolean emulated) {
        this.system = system;
        this.emulated = emulated;
    }

    /** Returns the name of the mover on the command line. */
    abstract String mover();

    /**
     * Opens a mover.
     *
     * @param queues the names of its queues, or an empty list for all queues
     * @param slots the largest number of operations in flight
     * @param waitsForPages whether descriptors wait for missing pages, where a queue allows it
     */
    abstract Vdm open(List<String> queues, int slots, boolean waitsForPages);

    /** Returns the queues that a mover uses. */
    abstract List<String> queuesOf(Vdm mover);

    /**
     * Returns the queues of a mover with their counters. The list is empty if the mover does
     * not count by queue.
     */
    abstract List<DsaQueue> counts(Vdm mover);

    /** Returns whether a mover can be restricted to named queues. */
    abstract boolean choosesQueues();

    /** Returns the enabled queues of a mode. */
    final List<String> queuesOf(String mode) {
        return system.devices()
                .stream()
                .flatMap(device -> device.queues().stream())
                .filter(queue -> queue.enabled() && mode.equals(queue.mode()))
                .map(DsaDevice.WorkQueue::name)
                .toList();
    }

    /** Returns the queues whose descriptors may wait for missing pages. */
    final List<String> waitingForPages(List<String> names) {
        return workQueues(names)
                .filter(queue -> Boolean.TRUE.equals(queue.blockOnFault()))
                .map(DsaDevice.WorkQueue::name)
                .toList();
    }

    final boolean isEmulated() {
        return emulated;
    }

    /**
     * Returns the reason why no device supports an operation. Returns null if a device does, or if
     * Linux does not report it.
     */
    final String obstacle(CheckedOperation operation, Variant variant) {
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

    final List<Device> devices() {
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

    private Stream<DsaDevice.WorkQueue> workQueues(List<String> names) {
        return system.devices()
                .stream()
                .flatMap(device -> device.queues().stream())
                .filter(queue -> names.contains(queue.name()));
    }

    /** Returns the number of descriptors that the queues hold, at least 1. */
    final int capacity(List<String> names) {
        long all = workQueues(names).mapToLong(CheckedDevice::size).sum();
        return Math.clamp(all, 1, 1 << 12);
    }

    private static long size(DsaDevice.WorkQueue queue) {
        Long threshold = queue.threshold();
        return Objects.requireNonNullElse(
                threshold == null || threshold == 0 ? queue.size() : threshold, 0L);
    }

    /** Returns the bytes in the longest descriptor of the queues, or 0 if the length is unknown. */
    final long maxTransferBytes(List<String> names) {
        return workQueues(names)
                .map(DsaDevice.WorkQueue::maxTransferSize)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .min()
                .orElse(0);
    }

    /**
     * Describes queues. If the mover counts by queue, the description contains completions, page
     * faults and refusals.
     */
    final List<Queue> queues(List<String> names, Map<String, long[]> counts) {
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
