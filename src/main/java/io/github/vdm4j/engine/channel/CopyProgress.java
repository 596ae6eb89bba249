package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;

/**
 * The progress of one divided copy. All threads may read it, because a slot may serve the next copy
 * before the future of this copy is complete.
 */
public final class CopyProgress {
    private final Operation<?> copy;
    /** The number of first bytes that are copied without a gap. */
    private volatile long bytes;

    CopyProgress(Operation<?> copy) {
        this.copy = copy;
    }

    public boolean isOf(Operation<?> operation) {
        return copy == operation;
    }

    void set(long copied) {
        bytes = copied;
    }

    public long bytes() {
        return bytes;
    }
}
