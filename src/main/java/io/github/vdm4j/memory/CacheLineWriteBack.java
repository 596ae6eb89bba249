package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;

/** An engine that writes cache lines back to their memory. */
@FunctionalInterface
public interface CacheLineWriteBack {
    /**
     * Writes back every cache line that a range touches. Returns when the lines have reached the
     * memory. The range is native memory and not empty.
     *
     * @throws IllegalStateException if the arena of the range is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    void writeBack(MemorySegment range);

    /** Returns whether the engine has mapped a range as persistent memory. */
    default boolean recognizes(MemorySegment range) {
        return false;
    }
}
