package io.github.vdm4j.memory;

import io.github.vdm4j.DurabilityDomain;
import java.lang.foreign.MemorySegment;

/**
 * A range of memory that the library has allocated, mapped or wrapped, and that it can keep open.
 */
public interface MemoryRegion {
    /** Returns the address of the first byte. */
    long address();

    /** Returns the size of the region. */
    long byteSize();

    /** Returns the durability domain of the region. */
    DurabilityDomain domain();

    /** Returns the file behind the region, the same object on every call. */
    MappedFile file();

    /** Returns whether pages of the region may be missing. */
    boolean mayLackPages();

    /**
     * Keeps the region open until {@link #unpin}. Returns false if it is being closed or is closed.
     */
    boolean pin();

    /**
     * Adds a pin to a region that the caller has pinned. This succeeds while the region is being
     * closed.
     */
    void pinAgain();

    /** Returns the segment of the whole region. */
    MemorySegment whole();

    /** Removes a {@link #pin}. */
    void unpin();
}
