package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.MoverQueue;
import io.github.vdm4j.dsa.portal.OpenQueue;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.QueueTraits;
import io.github.vdm4j.machine.DsaFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The opening of the work queues of one mover. It examines every queue, opens the usable queues
 * and keeps each queue that executes a no-op.
 */
final class DsaOpening implements AutoCloseable {
    private static final long PROBE_NANOS = 1_000_000_000L;
    /** The smallest limit of all device versions. It applies if Linux shows no limit. */
    private static final long USUAL_TRANSFER = 2L << 20;
    /** The opcodes 0 to 9, 0x10 to 0x15 and 0x20. */
    private static final long ALL_OPERATIONS = 0x1_003f_03ffL;
    private static final long FIRST_WITH_BATCHES = 0x200;

    private final List<String> names;
    private final Portal.Opener opener;
    private final LongSupplier clock;
    private final List<MoverQueue> queues = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    /**
     * Opens the named queues, or all shared queues if the list is empty.
     *
     * @param clock the clock for the pauses of lost queues, in nanoseconds
     * @throws IllegalArgumentException if there are devices, and Linux does not show a named queue
     */
    DsaOpening(DsaSystem system, List<String> names, Portal.Opener opener, LongSupplier clock) {
        this.names = names;
        this.opener = opener;
        this.clock = clock;
        checkNames(system);
        DsaFolders.mistakes()
                .forEach(mistake -> findings.add(Finding.block(mistake,
                        "Correct the setting, or remove it (docs/dsa.md).")));
        try {
            findings.addAll(system.check(names, this::open));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void checkNames(DsaSystem system) {
        List<String> known = system.devices()
                .stream()
                .flatMap(device -> device.queues().stream())
                .map(WorkQueue::name)
                .toList();
        for (String name : names) {
            if (!known.contains(name) && !system.devices().isEmpty()) {
                throw new IllegalArgumentException(
                        "work queue %s: unknown. Linux shows %s. List the queues with vdm info."
                                .formatted(name, known.isEmpty() ? "no work queue"
                                        : String.join(", ", known)));
            }
        }
    }

    /** Opens a queue. Returns null, or why the mover cannot use the queue. */
    private Finding open(DsaDevice device, WorkQueue queue) {
        String name = queue.name();
        if (queue.dedicated() && names.isEmpty()) {
            return Finding.block(
                    name + ": the queue is dedicated, and a mover takes such a queue by name only",
                    "DsaDataMover.builder().queues(\"%s\")".formatted(name));
        }
        if (queue.dedicated() && queue.capacity() < 1) {
            return Finding.block(
                    name + ": the queue is dedicated, and Linux does not show its size. A full "
                            + "queue would drop operations",
                    "Configure the queue again, with --wq-size (docs/hardware.md).");
        }
        OpenQueue open;
        try {
            open = OpenQueue.acquire(Path.of(queue.node()),
                    queue.dedicated() ? queue.capacity() : 0, opener);
        } catch (IOException e) {
            return Finding.block("%s: %s could not be opened: %s".formatted(name, queue.node(),
                    e.getMessage()), afterRefusal(queue, e.getMessage()));
        }
        DsaStatus status = open.probe(PROBE_NANOS);
        if (status.code() != DsaStatus.SUCCESS) {
            open.release(PROBE_NANOS);
            return notWorking(queue, status);
        }
        var traits = new QueueTraits(name, device.name(),
                Objects.requireNonNullElse(device.numaNode(), -1L).intValue(),
                Objects.requireNonNullElse(device.capabilities(), 0L),
                Objects.requireNonNullElse(device.operations(), ALL_OPERATIONS),
                limit(device.maxTransferSize(), queue.maxTransferSize(), USUAL_TRANSFER),
                takesBatches(device)
                        ? (int) limit(device.maxBatchSize(), queue.maxBatchSize(), 1)
                        : 1,
                queue.capacity(),
                Boolean.TRUE.equals(queue.blockOnFault()),
                queue.dedicated());
        queues.add(new MoverQueue(open, traits, clock));
        return null;
    }

    private static String afterRefusal(WorkQueue queue, String words) {
        return words.contains("busy")
                ? "Another process uses the queue. List the processes: sudo fuser -v "
                        + queue.node()
                : words.contains("ermi") ? Obstacles.PERMIT : "dmesg | grep idxd";
    }

    private static Finding notWorking(WorkQueue queue, DsaStatus status) {
        String name = queue.name();
        return switch (status.code()) {
            case DsaStatus.NONE -> Finding.block(
                    name + ": a no-op was not complete within a second",
                    "dmesg | grep -e DMAR -e idxd");
            case DsaStatus.EINVAL, DsaStatus.ENXIO -> Finding.block(
                    name + ": write() refused a no-op with " + status
                            + ": this kernel takes no descriptors by write()",
                    "Boot Linux 6.10 or later, or a stable kernel of 6.9.1, 6.8.10, 6.6 or 6.1 "
                            + "that has the change: uname -r. With Intel DML 1.1.1 such a "
                            + "kernel works: docs/hardware.md.");
            case DsaStatus.EAGAIN -> Finding.block(
                    name + ": the queue stayed full for a second",
                    "Other processes use the queue: sudo fuser -v " + queue.node());
            default -> Finding.block(
                    "%s: a no-op failed with %s. %s".formatted(name, status, status.explanation()),
                    "dmesg | grep -e DMAR -e idxd");
        };
    }

    /** Returns the smaller of the known limits, or the default if Linux shows no limit. */
    private static long limit(Long ofDevice, Long ofQueue, long otherwise) {
        long least = Math.min(Objects.requireNonNullElse(ofDevice, Long.MAX_VALUE),
                Objects.requireNonNullElse(ofQueue, Long.MAX_VALUE));
        return least < Long.MAX_VALUE ? least : otherwise;
    }

    /**
     * Returns whether processes may submit batches. The kernel rejects them on devices of the first
     * version.
     */
    private static boolean takesBatches(DsaDevice device) {
        return device.version() != null && device.version() >= FIRST_WITH_BATCHES
                && !Boolean.FALSE.equals(device.batchOffered());
    }

    List<MoverQueue> queues() {
        return queues;
    }

    List<String> queueNames() {
        return queues.stream().map(queue -> queue.traits().name()).toList();
    }

    List<Finding> findings() {
        return findings;
    }

    /** Releases the queues if the opening does not lead to a mover. */
    @Override
    public void close() {
        queues.forEach(queue -> queue.release(PROBE_NANOS));
    }
}
