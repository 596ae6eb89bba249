package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;

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
     * @param operation the operation
     * @return false if one is being closed; none is pinned then
     */
    public boolean pin(Operation<?> operation) {
        destination = MemoryRegions.find(operation.destination());
        source = MemoryRegions.find(operation.source());
        second = MemoryRegions.find(operation.second());
        if (MemoryRegions.pin(destination, source, second)) {
            return true;
        }
        forget();
        return false;
    }

    /** Lets go of what was pinned. */
    public void unpin() {
        MemoryRegions.unpin(destination, source, second);
        forget();
    }

    private void forget() {
        destination = null;
        source = null;
        second = null;
    }
}
