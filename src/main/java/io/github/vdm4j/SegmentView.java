package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * Something that can be passed to an operation in place of a segment: a buffer, or a user's own
 * structure over one.
 */
@FunctionalInterface
public interface SegmentView {
    /**
     * The memory.
     *
     * @return the whole of it, as a segment
     */
    MemorySegment segment();
}
