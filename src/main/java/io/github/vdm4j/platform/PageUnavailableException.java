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
     * A page that a look at the memory found missing.
     *
     * @param segment the segment
     * @param offset the first byte that could not be read
     */
    PageUnavailableException(MemorySegment segment, long offset) {
        super("a page of the mapped file is not there from offset %,d of a segment of %,d bytes on:"
                .formatted(offset, segment.byteSize())
                + " the file was truncated, or its storage cannot deliver the page");
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
