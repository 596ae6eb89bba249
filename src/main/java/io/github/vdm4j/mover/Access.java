package io.github.vdm4j.mover;

import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.operation.Descriptor;
import java.lang.foreign.MemorySegment;

/** Sends a thread away that cannot access the segments of an operation. */
final class Access {
    private Access() {}

    /** Throws a {@link WrongThreadException} if the segment, which may be null, is confined to another thread. */
    static void require(VdmOperationType type, MemorySegment segment) {
        Thread thread = Thread.currentThread();
        if (segment != null && !segment.isAccessibleBy(thread)) {
            throw new WrongThreadException(
                    "%s: a segment is confined to another thread than %s".formatted(type, thread));
        }
    }

    static void require(Descriptor descriptor) {
        require(descriptor.type(), descriptor.destination());
        require(descriptor.type(), descriptor.source());
        require(descriptor.type(), descriptor.secondDestination());
        require(descriptor.type(), descriptor.secondSource());
    }
}
