package io.github.vdm4j.platform;

import java.lang.foreign.MemorySegment;

/** A page of a mapped file cannot be had: the file is too short by now, or its storage is full. */
public final class PageUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What can be said where only the JVM knows of it. */
    public static final String SOMEWHERE =
            "a page of a mapped file is not there: the file was truncated, or its storage is full";

    PageUnavailableException(MemorySegment segment, long offset, long length, int error) {
        super(
                ("a page of the mapped file behind bytes %,d to %,d of a segment of %,d is not there:"
                        + " the file was truncated, or its storage is full (error %d of the system)")
                        .formatted(offset, offset + length - 1, segment.byteSize(), error));
    }

    /**
     * As the JVM tells it, which does not know where.
     *
     * @param cause what the JVM threw
     */
    public PageUnavailableException(InternalError cause) {
        super(SOMEWHERE, cause);
    }
}
