package io.github.vdm4j.durability;

/** What has to be done to make a range durable, beyond the accelerator's own flags. */
public enum WriteBackKind {
    /** Cache lines: the range is persistent memory, or the caller says so. */
    CACHE_LINES,
    /** Pages, by the JDK: the range is a mapped file. */
    PAGES,
    /** Nothing can: allocated memory of this library. */
    IMPOSSIBLE_IN_MEMORY,
    /** Nothing can: a Java array. */
    IMPOSSIBLE_ON_HEAP
}
