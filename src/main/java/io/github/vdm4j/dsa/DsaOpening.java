package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.DsaDiagnosis.Finding;
import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.OpenQueue;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.WorkQueue;
import io.github.vdm4j.machine.DsaFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

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

    private final List<WorkQueue> queues = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    private DsaOpening() {}

    /**
     * Opens the named queues, or all shared queues if the list is empty.
     *
     * @throws IllegalArgumentException if Linux does not show a named queue
     */
    static DsaOpening of(DsaSystem system, List<String> names, Portal.Opener opener) {
        checkNames(system, names);
        var opening = new DsaOpening();
        try {
            opening.examineAll(system, names, opener);
        } catch (RuntimeException | Error e) {
            opening.close();
            throw e;
        }
        return opening;
    }

    private void examineAll(DsaSystem system, List<String> names, Portal.Opener opener) {
        DsaFolders.missing().forEach(setting -> findings.add(QueueRules.missingFolder(setting)));
        for (DsaDevice device : system.devices()) {
            if (device.queues().isEmpty() && names.isEmpty()) {
                findings.add(QueueRules.noQueue(device));
            }
            for (DsaDevice.WorkQueue queue : device.queues()) {
                if (names.isEmpty() || names.contains(queue.name())) {
                    examine(device, queue, !names.isEmpty(), opener);
                }
            }
        }
        if (system.devices().isEmpty()) {
            findings.add(QueueRules.noDevice(system));
        }
    }

    private static void checkNames(DsaSystem system, List<String> names) {
        List<String> known = system.devices()
                .stream()
                .flatMap(device -> device.queues().stream())
                .map(DsaDevice.WorkQueue::name)
                .toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "work queue %s: unknown. Linux shows %s. List the queues with vdm info."
                                .formatted(name, known.isEmpty() ? "no work queue"
                                        : known.stream().collect(Collectors.joining(", "))));
            }
        }
    }

    private void examine(DsaDevice device, DsaDevice.WorkQueue queue, boolean named,
            Portal.Opener opener) {
        Finding obstacle = QueueRules.obstacle(device, queue, named);
        if (obstacle != null) {
            findings.add(obstacle);
            return;
        }
        boolean dedicated = QueueRules.isDedicated(queue);
        OpenQueue open;
        try {
            open = OpenQueue.acquire(Path.of(queue.node()), dedicated ? QueueRules.size(queue) : 0,
                    opener);
        } catch (IOException e) {
            findings.add(QueueRules.notOpened(queue, e.getMessage()));
            return;
        }
        DsaStatus status = open.probe(PROBE_NANOS);
        if (status.code() != DsaStatus.SUCCESS) {
            findings.add(QueueRules.notWorking(queue, status));
            open.release(PROBE_NANOS);
            return;
        }
        queues.add(new WorkQueue(open, queue.name(), device.name(),
                Objects.requireNonNullElse(device.numaNode(), -1L).intValue(),
                Objects.requireNonNullElse(device.capabilities(), 0L),
                Objects.requireNonNullElse(device.operations(), ALL_OPERATIONS),
                QueueRules.limit(device.maxTransferSize(), queue.maxTransferSize(),
                        USUAL_TRANSFER),
                takesBatches(device)
                        ? (int) QueueRules.limit(device.maxBatchSize(), queue.maxBatchSize(), 1)
                        : 1,
                QueueRules.size(queue),
                Boolean.TRUE.equals(queue.blockOnFault()),
                dedicated));
    }

    /**
     * Returns whether processes may submit batches. The kernel rejects them on devices of the first
     * version.
     */
    private static boolean takesBatches(DsaDevice device) {
        return device.version() != null && device.version() >= FIRST_WITH_BATCHES
                && !Boolean.FALSE.equals(device.batchOffered());
    }

    List<WorkQueue> queues() {
        return queues;
    }

    List<String> queueNames() {
        return queues.stream().map(WorkQueue::name).toList();
    }

    List<Finding> findings() {
        return findings;
    }

    /** Releases the queues if the opening does not lead to a mover. */
    @Override
    public void close() {
        queues.forEach(queue -> queue.queue().release(PROBE_NANOS));
    }
}
