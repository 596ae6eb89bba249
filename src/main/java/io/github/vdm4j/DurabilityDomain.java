package io.github.vdm4j;

/**
 * What has to be done so that bytes written to a range of memory survive a power cut.
 *
 * @see VdmFlags#MEM_DURABLE
 */
public enum DurabilityDomain {
    /**
     * Persistent memory, mapped without a page cache: the processor's cache lines have to be
     * written back.
     */
    CACHE_LINE,
    /** A file behind the page cache: its pages have to be written to the storage. */
    PAGE,
    /**
     * A file that lives in memory only, for example in a tmpfs. Durable operations succeed, like
     * {@code msync}, and nothing survives a power cut.
     */
    VOLATILE,
    /** Ordinary memory: nothing makes it durable. */
    NONE
}
