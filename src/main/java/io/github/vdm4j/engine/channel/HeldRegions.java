package io.github.vdm4j.engine.channel;

import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The buffers that a batch keeps open. */
final class HeldRegions {
    private MemoryRegion[] regions = new MemoryRegion[4];
    private int count;

    // The last regions. Consecutive tasks usually use the same two buffers.
    private MemorySegment.Scope scope;
    private MemoryRegion region;
    private MemorySegment.Scope scopeBefore;
    private MemoryRegion regionBefore;

    /**
     * Pins the buffer of a segment or null. The method ignores segments outside of this library's
     * buffers, and buffers that are pinned already. Returns {@code false} if the buffer is being
     * closed.
     */
    boolean pin(MemorySegment segment) {
        if (segment == null) {
            return true;
        }
        MemorySegment.Scope its = segment.scope();
        if (its == scope && covers(region, segment)
                || its == scopeBefore && covers(regionBefore, segment)) {
            return true;
        }
        return pinAnother(its, segment);
    }

    private boolean pinAnother(MemorySegment.Scope its, MemorySegment segment) {
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
        scopeBefore = scope;
        regionBefore = region;
        scope = its;
        region = found;
        return true;
    }

    private static boolean covers(MemoryRegion region, MemorySegment segment) {
        long offset = segment.address() - region.address();
        return offset >= 0 && offset + segment.byteSize() <= region.byteSize();
    }

    void unpinAll() {
        while (count > 0) {
            regions[--count].unpin();
            regions[count] = null;
        }
        scope = null;
        region = null;
        scopeBefore = null;
        regionBefore = null;
    }
}
