package io.github.vdm4j.memory;

import io.github.vdm4j.DurabilityDomain;
import java.lang.foreign.MemorySegment;

/** A range of memory that this library made or was told about, and that it can hold open. */
public interface MemoryRegion {
    /**
     * Where the region begins.
     *
     * @return an address
     */
    long address();

    /**
     * How long it is.
     *
     * @return bytes
     */
    long byteSize();

    /**
     * What makes its content durable.
     *
     * @return the domain
     */
    DurabilityDomain domain();

    /**
     * Returns the file behind the region.
     *
     * @return what is known of it; the same object on every call
     */
    MappedFile file();

    /**
     * Returns whether pages of the region may be missing.
     *
     * @return true if a file is mapped there
     */
    boolean mayLackPages();

    /**
     * Keeps the region from being freed until {@link #unpin}.
     *
     * @return false if it is being closed or is closed
     */
    boolean pin();

    /** Adds a pin to a region that the caller has pinned, also while it is being closed. */
    void pinAgain();

    /**
     * Returns the segment of the whole region.
     *
     * @return the segment
     */
    MemorySegment whole();

    /** Takes back one {@link #pin}. */
    void unpin();
}
