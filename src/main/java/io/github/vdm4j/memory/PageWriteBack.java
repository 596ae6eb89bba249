package io.github.vdm4j.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** An engine that writes the pages of a mapped file to its storage. */
@FunctionalInterface
public interface PageWriteBack {
    /**
     * Writes back every page that a range of mapped memory touches, and no other page. The range is
     * not empty.
     *
     * @throws IOException if the storage reports an error. Then the bytes are not durable
     * @throws IllegalStateException if the arena of the range is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    void writeBack(MemorySegment range) throws IOException;
}
