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

    /** The longest task; negative if there are no batches. */
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

    /** Returns the longest task in bytes; negative if there are no batches. */
    long longest() {
        return longest;
    }

    /**
     * Returns whether an operation can be a task in a batch of the device, with nothing left to do
     * afterwards.
     *
     * @return false if it has to be executed alone
     */
    boolean inBatch(Operation<?> descriptor) {
        // A CRC in memory is written before a later task can read it.
        if (descriptor.byteSize() > longest || descriptor.crcDestination() != null) {
            return false;
        }
        VdmOperationType type = descriptor.type();
        if (type == VdmOperationType.MEMCPY && !device && !descriptor.isDurable()) { // what most are
            return !MemoryRegions.mayLackPages(descriptor.destination())
                    && !MemoryRegions.mayLackPages(descriptor.source());
        }
        return descriptor.byteSize() == 0 || canExpress(descriptor); // one of no bytes is a nop
    }

    private boolean canExpress(Operation<?> descriptor) {
        if (descriptor.isDurable() && !(device && isDurableByDevice(descriptor))) {
            return false;
        }
        switch (descriptor.type()) {
            case FLUSH, DRAIN, DELTA_APPLY -> { // lines have to be covered, records checked right before
                return false;
            }
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> { // the software path checks otherwise than the device
                return device && !isAdjacentStrip(descriptor);
            }
            default -> {
                // Hardware reports missing pages, but a move within its own range cannot be
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
