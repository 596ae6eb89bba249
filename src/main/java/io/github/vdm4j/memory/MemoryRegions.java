package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The registry of the regions in use. Any segment that views a region leads to it, so a mover
 * recognises a buffer in a plain segment and holds it open.
 */
public final class MemoryRegions {
    /**
     * The regions by the scope that all views of a region share. All raw segments have one scope.
     */
    private static final Map<MemorySegment.Scope, RangeIndex<MemoryRegion>> BY_SCOPE =
            new ConcurrentHashMap<>();

    /**
     * Whether there is a region. Every operation reads this, because it is cheaper than the map.
     */
    private static volatile boolean any;

    /** How many regions may lack pages. */
    private static volatile int mappings;

    /** The actions that finish operations in flight that pin regions. */
    private static final Set<Runnable> FINISHERS = ConcurrentHashMap.newKeySet();

    private MemoryRegions() {}

    /**
     * Adds a region.
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
     * Removes a region.
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
     * Returns whether there is any region.
     *
     * @return {@code false} if {@link #find} finds none
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
     * @return {@code true} if native code must not touch it unchecked
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
     * Unpins the regions that {@link #pin(MemoryRegion, MemoryRegion, MemoryRegion)} has pinned.
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
     * Unpins the regions that {@link #pin(MemoryRegion, MemoryRegion)} has pinned. A later look-up
     * can find another region.
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
     * Adds an action that finishes operations in flight, for threads that wait for pins.
     *
     * @param finisher polls the operations in flight; must not block
     */
    public static void addFinisher(Runnable finisher) {
        FINISHERS.add(finisher);
    }

    /**
     * Removes an action that {@link #addFinisher} has added.
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
