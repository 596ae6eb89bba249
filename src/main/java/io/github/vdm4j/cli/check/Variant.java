package io.github.vdm4j.cli.check;

import io.github.vdm4j.VdmFlags;

/** The memory and the flags of a checked operation. */
enum Variant {
    /** Memory with all pages present. */
    MEMORY("memory", VdmFlags.NONE),
    /** Private memory whose pages were not touched. */
    UNTOUCHED("untouched", VdmFlags.NONE),
    /** A mapped file whose pages this process has not touched. */
    FILE("file", VdmFlags.NONE),
    /** The destination bypasses the caches. */
    NO_CACHE("no cache", VdmFlags.NO_CACHE_HINT),
    /** The destination is durable memory. */
    DURABLE("durable", VdmFlags.MEM_DURABLE),
    /** The destination is durable in a file. */
    DURABLE_FILE("durable file", VdmFlags.MEM_DURABLE);

    private final String words;
    private final VdmFlags flags;

    Variant(String words, VdmFlags flags) {
        this.words = words;
        this.flags = flags;
    }

    VdmFlags flags() {
        return flags;
    }

    boolean isFile() {
        return this == FILE || this == DURABLE_FILE;
    }

    @Override
    public String toString() {
        return words;
    }
}
