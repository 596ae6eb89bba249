package io.github.vdm4j.memory;

/** The work that makes a range durable, in addition to the accelerator's flags. */
public enum WriteBackKind {
    /**
     * Cache lines are written back, because the range is persistent memory or is treated like it.
     */
    CACHE_LINES,
    /** The JDK writes pages back, because the range is a mapped file. */
    PAGES,
    /** The operation is refused, because the range is ordinary memory. */
    IMPOSSIBLE_IN_MEMORY,
    /** The operation is refused, because the range is a Java array. */
    IMPOSSIBLE_ON_HEAP,
    /** The operation is refused, because the changes of a private mapping never reach the file. */
    IMPOSSIBLE_IN_PRIVATE_MAPPING,
    /** The operation is refused, because the range is native memory of unknown domain. */
    UNKNOWN_MEMORY,
    /** The operation is refused, because an earlier write-back of the file failed. */
    FAILED_BEFORE;

    /**
     * Returns whether an operation that has written its bytes needs a force. After a failed
     * write-back of the file, an accepted operation also needs a force, because the force must
     * fail.
     */
    public boolean isForced() {
        return this == PAGES || this == FAILED_BEFORE;
    }

    public boolean isPossible() {
        return this == CACHE_LINES || this == PAGES;
    }
}
