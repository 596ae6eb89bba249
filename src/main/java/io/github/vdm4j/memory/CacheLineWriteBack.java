package io.github.vdm4j.memory;

import java.lang.foreign.MemorySegment;

/** Writes cache lines back to memory, on whichever kind of memory they belong to. */
public interface CacheLineWriteBack {
    /**
     * Writes back every cache line that a range touches, and returns when they have arrived.
     *
     * @param range native memory, not empty
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    void writeBack(MemorySegment range);

    /**
     * Copies and fills of the same engine, if it has any.
     *
     * @return the moves, or null
     */
    default DurableMoves moves() {
        return null;
    }

    /**
     * Returns whether the engine knows that a range is persistent memory.
     *
     * @param range native memory, not empty
     * @return true if the engine has mapped it
     */
    default boolean recognizes(MemorySegment range) {
        return false;
    }

    /**
     * What does it, for reports.
     *
     * @return a name
     */
    String name();
}
