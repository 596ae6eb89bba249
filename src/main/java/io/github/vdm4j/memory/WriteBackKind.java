package io.github.vdm4j.memory;

/** The work that makes a range durable, in addition to the accelerator's flags. */
public enum WriteBackKind {
    /** The range is persistent memory, or is treated like it. */
    CACHE_LINES,
    PAGES,
    IMPOSSIBLE_IN_MEMORY,
    IMPOSSIBLE_ON_HEAP,
    IMPOSSIBLE_IN_PRIVATE_MAPPING,
    UNKNOWN_MEMORY,
    FAILED_BEFORE;

    /** Returns whether written bytes need a force. After a failed write-back, it must fail. */
    public boolean isForced() {
        return this == PAGES || this == FAILED_BEFORE;
    }

    public boolean isPossible() {
        return this == CACHE_LINES || this == PAGES;
    }
}
