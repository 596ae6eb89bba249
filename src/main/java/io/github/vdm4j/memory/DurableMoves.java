package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;

/** Copies and fills that write their cache lines back, or that bypass the caches. */
public interface DurableMoves {
    /**
     * Copies, and returns when the destination is in the persistence domain.
     *
     * @param destination native memory, not empty
     * @param source native memory of the same size; may overlap
     * @throws IllegalStateException if an arena is closed; nothing was copied
     * @throws WrongThreadException if a segment is confined to another thread; nothing was copied
     */
    void copy(MemorySegment destination, MemorySegment source);

    /**
     * Fills, and returns when the range is in the persistence domain.
     *
     * @param range native memory, not empty
     * @throws IllegalStateException if its arena is closed; nothing was written
     * @throws WrongThreadException if the segment is confined to another thread; nothing was written
     */
    void fill(MemorySegment range, byte value);
}
