package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.lang.foreign.MemorySegment;

/** The rules by which one descriptor of the device can express an operation. */
final class TaskFit {
    private Durability durability;
    private boolean device;

    /** The longest task in bytes, or a negative number if there are no batches. */
    private long longest;

    void durability(Durability engines) {
        durability = engines;
    }

    /** Sets the slot of the next part. */
    void on(Slot slot) {
        device = slot.onDevice();
        ChannelLimits limits = slot.channel().limits();
        boolean batches = limits.tasks(device) >= BatchBuffer.LEAST && slot.takesBatches();
        longest = batches ? limits.bytes(device) : -1;
    }

    /** Returns the longest task in bytes, or a negative number if there are no batches. */
    long longest() {
        return longest;
    }

    /**
     * Returns whether an operation can be a task in a batch of the device. Such a task needs no
     * further step after the batch.
     *
     * @return {@code false} if the slot has to execute the operation alone
     */
    boolean inBatch(Operation<?> descriptor) {
        // The mover must write a CRC to memory before a later task can read it.
        if (descriptor.byteSize() > longest || descriptor.crcDestination() != null) {
            return false;
        }
        VdmOperationType type = descriptor.type();
        // Most tasks are copies.
        if (type == VdmOperationType.MEMCPY && !device && !descriptor.isDurable()) {
            return !MemoryRegions.mayLackPages(descriptor.destination())
                    && !MemoryRegions.mayLackPages(descriptor.source());
        }
        return descriptor.byteSize() == 0 || canExpress(descriptor); // An empty task is a no-op.
    }

    private boolean canExpress(Operation<?> descriptor) {
        if (descriptor.isDurable() && !(device && isDurableByDevice(descriptor))) {
            return false;
        }
        switch (descriptor.type()) {
            // A flush must cover whole lines, and a record must be checked immediately before its
            // use.
            case FLUSH, DRAIN, DELTA_APPLY -> {
                return false;
            }
            // The software path and the device check blocks differently.
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> {
                return device && !isAdjacentStrip(descriptor);
            }
            default -> {
                // The device reports missing pages, but a move within its own range cannot be
                // repeated.
                return device
                        ? descriptor.type() != VdmOperationType.MEMMOVE || !overlaps(descriptor)
                        : !mayLackPages(descriptor);
            }
        }
    }

    private static boolean isAdjacentStrip(Operation<?> descriptor) {
        return descriptor.type() == VdmOperationType.DIF_STRIP
                && DataPart.isAdjacent(
                        descriptor.source().address(), descriptor.destination().address(),
                        descriptor.byteSize());
    }

    private boolean isDurableByDevice(Operation<?> descriptor) {
        return isOfLines(descriptor.destination())
                && (descriptor.secondDestination() == null
                        || isOfLines(descriptor.secondDestination()));
    }

    private boolean isOfLines(MemorySegment destination) {
        return durability.kindOf(destination) == WriteBackKind.CACHE_LINES;
    }

    private static boolean overlaps(Operation<?> descriptor) {
        return Math.abs(descriptor.destination().address()
                - descriptor.source().address()) < descriptor.byteSize();
    }

    private static boolean mayLackPages(Operation<?> descriptor) {
        return MemoryRegions.mayLackPages(descriptor.destination())
                || MemoryRegions.mayLackPages(descriptor.source())
                || MemoryRegions.mayLackPages(descriptor.secondSource())
                || MemoryRegions.mayLackPages(descriptor.secondDestination());
    }
}
