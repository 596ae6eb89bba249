package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;

/** An engine that also copies and fills durably, for example by bypassing the caches. */
public interface DurableMoves extends CacheLineWriteBack {
    /**
     * Copies bytes. Returns when the destination is in the persistence domain.
     *
     * @throws IllegalStateException if an arena is closed. Nothing was copied
     * @throws WrongThreadException if a segment is confined to another thread. Nothing was copied
     */
    void copy(MemorySegment destination, MemorySegment source);

    /**
     * Fills a range. Returns when the range is in the persistence domain.
     *
     * @throws IllegalStateException if the arena of the range is closed. Nothing was written
     * @throws WrongThreadException if the segment is confined to another thread. Nothing was
     *     written
     */
    void fill(MemorySegment range, byte value);
}
