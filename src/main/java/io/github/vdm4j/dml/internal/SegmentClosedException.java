package io.github.vdm4j.dml.internal;

/** A segment's arena was closed before the operation on it was submitted. */
public final class SegmentClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SegmentClosedException(IllegalStateException cause) {
        super("the arena of a segment was closed before the operation started", cause);
    }
}
