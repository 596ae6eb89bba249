package io.github.vdm4j;

/**
 * The kind of write-back that makes a range of memory survive a power cut.
 *
 * @see VdmFlags#MEM_DURABLE
 */
public enum DurabilityDomain {
    /**
     * Persistent memory, mapped without a page cache. It requires a write-back of the processor's
     * cache lines.
     */
    CACHE_LINE,
    /** A file behind the page cache. It requires a write of its pages to the storage. */
    PAGE,
    /**
     * A file that exists only in memory, for example in a tmpfs. Durable operations succeed, like
     * {@code msync}, but the file does not survive a power cut.
     */
    VOLATILE,
    /** Ordinary memory. It cannot be made durable. */
    NONE
}
