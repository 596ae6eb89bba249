package io.github.vdm4j.engine.channel;

import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The buffers that a batch keeps open. */
final class HeldRegions {
    private MemoryRegion[] regions = new MemoryRegion[4];
    private int count;

    /** Pins the buffer of a segment or null. Returns false if the buffer is being closed. */
    boolean pin(MemorySegment segment) {
        if (segment == null) {
            return true;
        }
        // Consecutive tasks usually use the same two buffers.
        for (int i = count - 1; i >= 0 && i >= count - 2; i--) {
            if (regions[i].contains(segment)) {
                return true;
            }
        }
        return pinAnother(segment);
    }

    private boolean pinAnother(MemorySegment segment) {
        MemoryRegion found = MemoryRegions.find(segment);
        if (found == null) {
            return true;
        }
        if (!found.pin()) {
            return false;
        }
        if (count == regions.length) {
            regions = Arrays.copyOf(regions, 2 * count);
        }
        regions[count++] = found;
        return true;
    }

    void unpinAll() {
        while (count > 0) {
            regions[--count].unpin();
            regions[count] = null;
        }
    }
}
