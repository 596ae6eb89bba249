package io.github.vdm4j.machine;

/** Thrown if a segment's arena was closed before the operation on it was submitted. */
public final class SegmentClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public SegmentClosedException(RuntimeException cause) {
        super("the arena of a segment was closed before the operation started", cause);
    }
}
