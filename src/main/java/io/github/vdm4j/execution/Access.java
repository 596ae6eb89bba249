package io.github.vdm4j.execution;

import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.operation.Descriptor;
import java.lang.foreign.MemorySegment;

/** Sends a thread away that cannot access the segments of an operation. */
public final class Access {
    private Access() {}

    /**
     * Requires that the current thread may access a segment.
     *
     * @param type the operation, for the message
     * @param segment the segment, or null for none
     * @throws WrongThreadException if it is confined to another thread
     */
    public static void require(VdmOperationType type, MemorySegment segment) {
        Thread thread = Thread.currentThread();
        if (segment != null && !segment.isAccessibleBy(thread)) {
            throw new WrongThreadException(
                    "%s: a segment is confined to another thread than %s".formatted(type, thread));
        }
    }

    /**
     * Requires that the current thread may access all segments of an operation.
     *
     * @param descriptor the operation
     * @throws WrongThreadException if one is confined to another thread
     */
    public static void require(Descriptor descriptor) {
        require(descriptor.type(), descriptor.destination());
        require(descriptor.type(), descriptor.source());
        require(descriptor.type(), descriptor.secondDestination());
        require(descriptor.type(), descriptor.secondSource());
    }
}
