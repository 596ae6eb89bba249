package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;

/**
 * The pins of an operation. They keep the buffers of its segments open. An operation has at most
 * three pins. The pins store their regions, because a later look-up can find a different region.
 */
public final class Pins {
    /** The failure reason if a buffer cannot be pinned. */
    public static final String CLOSED = "failed: a buffer was closed before the operation started";

    private MemoryRegion destination;
    private MemoryRegion source;

    /** The region of the second destination or the second source. No operation has both. */
    private MemoryRegion second;

    /** Pins all buffers of an operation. If one is being closed, pins none and returns false. */
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
