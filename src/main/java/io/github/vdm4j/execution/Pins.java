package io.github.vdm4j.execution;

import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.operation.Descriptor;
import java.lang.foreign.MemorySegment;

/**
 * Keeps the buffers that the segments of an operation are views of open. No operation has more than
 * three. What is pinned is kept here: a segment may be wrapped meanwhile, and would be found in
 * another.
 */
public final class Pins {
    /** What an operation says whose buffers could not be pinned. */
    public static final String CLOSED = "failed: a buffer was closed before the operation started";

    private MemoryRegion destination;
    private MemoryRegion source;

    /** Of the second destination or the second source; no operation has both. */
    private MemoryRegion second;

    /** Creates pins of nothing. */
    public Pins() {}

    /**
     * Pins the buffers of an operation.
     *
     * @param descriptor the operation
     * @return false if one is being closed; none is pinned then
     */
    public boolean pin(Descriptor descriptor) {
        MemorySegment other = descriptor.secondDestination();
        destination = MemoryRegions.find(descriptor.destination());
        source = MemoryRegions.find(descriptor.source());
        second = MemoryRegions.find(other != null ? other : descriptor.secondSource());
        if (!MemoryRegions.pin(destination, source)) {
            forget();
            return false;
        }
        if (!MemoryRegions.pin(second, null)) {
            second = null;
            unpin();
            return false;
        }
        return true;
    }

    /** Lets go of what was pinned. */
    public void unpin() {
        MemoryRegions.unpin(destination, source);
        MemoryRegions.unpin(second, null);
        forget();
    }

    private void forget() {
        destination = null;
        source = null;
        second = null;
    }
}
