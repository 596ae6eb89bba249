package io.github.vdm4j.engine.channel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The arenas that a submission keeps open while the software path executes it. One segment
 * represents each arena.
 */
public final class HeldArenas {
    public static final int MOST = 16;

    private final MemorySegment[] segments = new MemorySegment[MOST];
    private int count;

    /** The arena of the segment that was added last. */
    private MemorySegment.Scope last;

    HeldArenas() {}

    /** Removes the arenas that were added last, until a number of arenas is left. */
    void backTo(int earlier) {
        Arrays.fill(segments, earlier, count, null);
        count = earlier;
        last = null;
    }

    void clear() {
        backTo(0);
    }

    /** Adds the arena of a segment or null. Returns {@code false} if there is no room. */
    boolean add(MemorySegment segment) {
        if (segment == null) {
            return true;
        }
        MemorySegment.Scope scope = segment.scope();
        return scope == last || add(segment, scope);
    }

    private boolean add(MemorySegment segment, MemorySegment.Scope scope) {
        for (int i = 0; i < count; i++) {
            if (segments[i].scope() == scope) {
                last = scope;
                return true;
            }
        }
        if (count == MOST) {
            return false;
        }
        segments[count++] = segment;
        last = scope;
        return true;
    }

    public int count() {
        return count;
    }

    /** Returns a segment, or {@link MemorySegment#NULL} behind the last segment. */
    public MemorySegment get(int index) {
        return index < count ? segments[index] : MemorySegment.NULL;
    }
}
