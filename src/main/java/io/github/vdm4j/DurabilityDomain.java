package io.github.vdm4j;

/**
 * The kind of write-back that makes a range of memory survive a power cut.
 *
 * @see VdmFlags#MEM_DURABLE
 */
public enum DurabilityDomain {
    /**
     * Persistent memory, mapped without a page cache. The processor's cache lines have to be
     * written back.
     */
    CACHE_LINE,
    /** A file behind the page cache. Its pages have to be written to the storage. */
    PAGE,
    /**
     * A file that lives in memory only, for example in a tmpfs. Durable operations succeed, like
     * {@code msync}, and nothing survives a power cut.
     */
    VOLATILE,
    /** Ordinary memory. Nothing makes it durable. */
    NONE
}
