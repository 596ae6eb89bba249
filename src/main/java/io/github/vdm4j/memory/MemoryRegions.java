package io.github.vdm4j.memory;

import io.github.vdm4j.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The registry of the regions in use. A mover finds the region of any segment and keeps it open
 * during an operation.
 */
public final class MemoryRegions {
    /** The regions by scope. Their views share a scope, and so do all raw segments. */
    private static final Map<MemorySegment.Scope, RangeIndex<MemoryRegion>> BY_SCOPE =
            new ConcurrentHashMap<>();

    /** Every operation reads this, because the read costs less than a look-up. */
    private static volatile boolean any;

    private static volatile int mappings;

    private static final Set<Runnable> FINISHERS = ConcurrentHashMap.newKeySet();

    private MemoryRegions() {}

    static synchronized void add(MemorySegment.Scope scope, MemoryRegion region) {
        RangeIndex<MemoryRegion> regions =
                BY_SCOPE.computeIfAbsent(scope, added -> new RangeIndex<>((found, key) -> true));
        try {
            regions.add(region.address(), region.byteSize(), region);
        } finally { // The heap may be full.
            if (regions.isEmpty()) {
                BY_SCOPE.remove(scope);
            }
        }
        any = true;
        mappings += region.mayLackPages() ? 1 : 0;
    }

    static synchronized void remove(MemorySegment.Scope scope, MemoryRegion region) {
        RangeIndex<MemoryRegion> regions = BY_SCOPE.get(scope);
        regions.remove(region.address(), region.byteSize(), region);
        if (regions.isEmpty()) {
            BY_SCOPE.remove(scope);
        }
        any = !BY_SCOPE.isEmpty();
        mappings -= region.mayLackPages() ? 1 : 0;
    }

    public static boolean any() {
        return any;
    }

    /** Returns the region that contains the whole segment, or null. The segment can be null. */
    public static MemoryRegion find(MemorySegment segment) {
        return any && segment != null && segment.isNative() ? lookUp(segment) : null;
    }

    /**
     * Returns whether pages of a segment may be missing. They may if the segment is mapped, or lies
     * in a region of a mapped file. Java does not report a reinterpreted segment or a raw address
     * as mapped. The segment can be null.
     */
    public static boolean mayLackPages(MemorySegment segment) {
        return segment != null && (segment.isMapped() || mappings > 0 && isInMapping(segment));
    }

    public static boolean mayLackPages(Operation<?> operation) {
        return mayLackPages(operation.destination()) || mayLackPages(operation.source())
                || mayLackPages(operation.second());
    }

    private static boolean isInMapping(MemorySegment segment) {
        MemoryRegion region = find(segment);
        return region != null && region.mayLackPages();
    }

    private static MemoryRegion lookUp(MemorySegment segment) {
        RangeIndex<MemoryRegion> regions = BY_SCOPE.get(segment.scope());
        return regions == null
                ? null
                : regions.find(segment.address(), segment.byteSize(), null);
    }

    /** Pins regions or null. Returns false and pins none if a region is being closed. */
    public static boolean pin(MemoryRegion destination, MemoryRegion source, MemoryRegion second) {
        if (destination != null && !destination.pin()) {
            return false;
        }
        if (source != null && !source.pin()) {
            unpin(destination, null, null);
            return false;
        }
        if (second != null && !second.pin()) {
            unpin(destination, source, null);
            return false;
        }
        return true;
    }

    /** Unpins the regions of {@link #pin}. A later look-up could find other regions. */
    public static void unpin(MemoryRegion destination, MemoryRegion source, MemoryRegion second) {
        if (destination != null) {
            destination.unpin();
        }
        if (source != null) {
            source.unpin();
        }
        if (second != null) {
            second.unpin();
        }
    }

    /** Adds a non-blocking action that polls operations while a thread waits for the last pin. */
    public static void addFinisher(Runnable finisher) {
        FINISHERS.add(finisher);
    }

    public static void removeFinisher(Runnable finisher) {
        FINISHERS.remove(finisher);
    }

    static void finishOperations() {
        FINISHERS.forEach(Runnable::run);
    }
}
