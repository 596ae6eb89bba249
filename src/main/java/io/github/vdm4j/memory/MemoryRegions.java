package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The regions in use, found from any segment that views one: a buffer can be passed to a mover as a
 * plain segment, and is still known and held open.
 */
public final class MemoryRegions {
    /** By the scope that all views of a region share. All raw segments have one scope. */
    private static final Map<MemorySegment.Scope, RangeIndex<MemoryRegion>> BY_SCOPE =
            new ConcurrentHashMap<>();

    /** Read on every operation; a plain look is cheaper than one into the map. */
    private static volatile boolean any;

    /** How many regions may lack pages. */
    private static volatile int mappings;

    /** What finishes operations in flight that pin regions. */
    private static final Set<Runnable> FINISHERS = ConcurrentHashMap.newKeySet();

    private MemoryRegions() {}

    /**
     * Makes a region known.
     *
     * @param scope the scope of its segments
     * @param region the region
     */
    public static synchronized void add(MemorySegment.Scope scope, MemoryRegion region) {
        BY_SCOPE.computeIfAbsent(scope, added -> new RangeIndex<>((found, key) -> true))
                .add(region.address(), region.byteSize(), region);
        any = true;
        mappings += region.mayLackPages() ? 1 : 0;
    }

    /**
     * Forgets a region.
     *
     * @param scope the scope of its segments
     * @param region the region
     */
    public static synchronized void remove(MemorySegment.Scope scope, MemoryRegion region) {
        RangeIndex<MemoryRegion> regions = BY_SCOPE.get(scope);
        if (regions == null) {
            return;
        }
        regions.remove(region.address(), region.byteSize(), region);
        if (regions.isEmpty()) {
            BY_SCOPE.remove(scope);
        }
        any = !BY_SCOPE.isEmpty();
        mappings -= region.mayLackPages() ? 1 : 0;
    }

    /**
     * Tells whether there is any region at all.
     *
     * @return false if {@link #find} will find none
     */
    public static boolean any() {
        return any;
    }

    /**
     * Finds the region that a segment is a view of.
     *
     * @param segment a segment, or null
     * @return the region that all of it lies in, or null
     */
    public static MemoryRegion find(MemorySegment segment) {
        return any && segment != null && segment.isNative() ? lookUp(segment) : null;
    }

    /**
     * Returns whether pages of a segment may be missing: it is mapped, or lies in a region of a
     * mapped file. A segment that was made of an address, or reinterpreted, is not mapped to Java.
     *
     * @param segment a segment, or null
     * @return true if native code must not touch it unchecked
     */
    public static boolean mayLackPages(MemorySegment segment) {
        return segment != null && (segment.isMapped() || mappings > 0 && isInMapping(segment));
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

    /**
     * Pins the regions of an operation.
     *
     * @param onto the destination's, or null
     * @param of the source's, or null
     * @return false if one is being closed; neither is pinned then
     */
    public static boolean pin(MemoryRegion onto, MemoryRegion of) {
        if (onto != null && !onto.pin()) {
            return false;
        }
        if (of != null && !of.pin()) {
            unpin(onto, null);
            return false;
        }
        return true;
    }

    /**
     * Pins the regions of an operation with three segments.
     *
     * @param onto the destination's, or null
     * @param of the source's, or null
     * @param other the third segment's, or null
     * @return false if one is being closed; none is pinned then
     */
    public static boolean pin(MemoryRegion onto, MemoryRegion of, MemoryRegion other) {
        if (!pin(onto, of)) {
            return false;
        }
        if (other != null && !other.pin()) {
            unpin(onto, of);
            return false;
        }
        return true;
    }

    /**
     * Takes back {@link #pin(MemoryRegion, MemoryRegion, MemoryRegion)}.
     *
     * @param onto the destination's, or null
     * @param of the source's, or null
     * @param other the third segment's, or null
     */
    public static void unpin(MemoryRegion onto, MemoryRegion of, MemoryRegion other) {
        unpin(onto, of);
        if (other != null) {
            other.unpin();
        }
    }

    /**
     * Takes back {@link #pin(MemoryRegion, MemoryRegion)}, for the regions that were pinned: what is found afterwards may be
     * another.
     *
     * @param onto the destination's, or null
     * @param of the source's, or null
     */
    public static void unpin(MemoryRegion onto, MemoryRegion of) {
        if (onto != null) {
            onto.unpin();
        }
        if (of != null) {
            of.unpin();
        }
    }

    /**
     * Makes known how operations in flight are finished, for those who wait for pins to go.
     *
     * @param finisher polls what is in flight; must not block
     */
    public static void addFinisher(Runnable finisher) {
        FINISHERS.add(finisher);
    }

    /**
     * Takes back {@link #addFinisher}.
     *
     * @param finisher the same object
     */
    public static void removeFinisher(Runnable finisher) {
        FINISHERS.remove(finisher);
    }

    /** Polls everything in flight once. */
    public static void finishOperations() {
        FINISHERS.forEach(Runnable::run);
    }
}
