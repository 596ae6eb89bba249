package io.github.vdm4j.memory;

/** The work that makes a range durable, beyond the accelerator's own flags. */
public enum WriteBackKind {
    /** Cache lines: the range is persistent memory, or the caller says so. */
    CACHE_LINES,
    /** Pages, written back by the JDK: the range is a mapped file. */
    PAGES,
    /** Refused: the range is ordinary memory. */
    IMPOSSIBLE_IN_MEMORY,
    /** Refused: the range is a Java array. */
    IMPOSSIBLE_ON_HEAP,
    /** Refused: the range is a private mapping, whose changes never reach the file. */
    IMPOSSIBLE_IN_PRIVATE_MAPPING,
    /** Refused: the range is native memory of unknown domain. */
    UNKNOWN_MEMORY,
    /** Refused: an earlier write-back of the file failed. */
    FAILED_BEFORE;

    /**
     * Returns whether an operation that has written its bytes needs a force.
     *
     * @return true for pages, and if a write-back of the file has failed since the operation was
     *     accepted: its force fails, too
     */
    public boolean isForced() {
        return this == PAGES || this == FAILED_BEFORE;
    }

    /**
     * Returns whether the range can be made durable.
     *
     * @return {@code false} if the operation must be refused
     */
    public boolean isPossible() {
        return this == CACHE_LINES || this == PAGES;
    }
}
