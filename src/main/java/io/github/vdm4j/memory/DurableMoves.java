package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;

/**
 * An engine that also copies and fills durably, for example by bypassing the caches. Both methods
 * return when the destination is in the persistence domain. If they throw an exception, because an
 * arena is closed or a segment is confined to another thread, they have written nothing.
 */
public interface DurableMoves extends CacheLineWriteBack {
    /** Copies native memory. The segments have the same size, are not empty and may overlap. */
    void copy(MemorySegment destination, MemorySegment source);

    /** Fills native memory. The range is not empty. */
    void fill(MemorySegment range, byte value);
}
