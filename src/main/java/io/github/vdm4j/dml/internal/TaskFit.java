package io.github.vdm4j.dml.internal;

import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.operation.Descriptor;
import java.lang.foreign.MemorySegment;

/** Tells which operations one descriptor of the device can express. */
final class TaskFit {
    private final JobLimits limits;
    private Durability durability;

    TaskFit(JobLimits limits) {
        this.limits = limits;
    }

    void durability(Durability engines) {
        durability = engines;
    }

    /**
     * Tells whether an operation can be a task in a batch of the device, with nothing left to do afterwards.
     *
     * @param descriptor the operation
     * @param job where it would be submitted
     * @return false if it has to be executed alone
     */
    boolean inBatch(Descriptor descriptor, Job job) {
        boolean hardware = job.onHardware();
        if (limits.tasks(hardware) < BatchBuffer.LEAST || !job.knowsBatches()) {
            return false;
        }
        long length = descriptor.byteSize();
        if (length == 0) {
            return true; // as a nop
        }
        if (length > limits.bytes(hardware)) {
            return false;
        }
        if (descriptor.isDurable() && !(hardware && isDurableByDevice(descriptor))) {
            return false;
        }
        switch (descriptor.type()) {
            case FLUSH, DRAIN, DELTA_APPLY -> { // lines have to be covered, records checked right before
                return false;
            }
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> { // the software path checks otherwise than the device
                return hardware && !isAdjacentStrip(descriptor);
            }
            default -> {
                // Hardware tells of pages that are missing, but cannot repeat what moves within its own range.
                return hardware
                        ? descriptor.type() != VdmOperationType.MEMMOVE || !overlaps(descriptor)
                        : !isMapped(descriptor);
            }
        }
    }

    private static boolean isAdjacentStrip(Descriptor descriptor) {
        return descriptor.type() == VdmOperationType.DIF_STRIP
                && DataPart.isAdjacent(
                        descriptor.source().address(), descriptor.destination().address(), descriptor.byteSize());
    }

    private boolean isDurableByDevice(Descriptor descriptor) {
        return isOfLines(descriptor.destination())
                && (descriptor.secondDestination() == null || isOfLines(descriptor.secondDestination()));
    }

    private boolean isOfLines(MemorySegment destination) {
        return durability.kindOf(destination) == WriteBackKind.CACHE_LINES;
    }

    private static boolean overlaps(Descriptor descriptor) {
        return Math.abs(descriptor.destination().address() - descriptor.source().address()) < descriptor.byteSize();
    }

    private static boolean isMapped(Descriptor descriptor) {
        return isMapped(descriptor.destination())
                || isMapped(descriptor.source())
                || isMapped(descriptor.secondSource())
                || isMapped(descriptor.secondDestination());
    }

    private static boolean isMapped(MemorySegment segment) {
        return segment != null && segment.isMapped();
    }
}
