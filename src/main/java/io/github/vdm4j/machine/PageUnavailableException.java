package io.github.vdm4j.machine;

import java.lang.foreign.MemorySegment;

/** A page of a mapped file cannot be had. The message names only what was observed. */
public final class PageUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A page that the kernel does not provide.
     *
     * @param segment the segment
     * @param offset the first byte that cannot be had
     */
    PageUnavailableException(MemorySegment segment, long offset) {
        super("a page of a mapped file is not there, from byte %,d of a segment of %,d on: %s"
                .formatted(offset, segment.byteSize(), why(segment, offset)));
    }

    private static String why(MemorySegment segment, long offset) {
        String truncated = MappedPage.whyTruncated(segment.address() + offset);
        return truncated != null ? truncated : "the system cannot provide it (EFAULT)";
    }

    /**
     * A page that the JVM found missing. The JVM does not say which.
     *
     * @param cause what the JVM threw
     * @param operands the mapped segments that the operation accessed; null for none
     */
    public PageUnavailableException(InternalError cause, MemorySegment... operands) {
        super("a page of a mapped file is not there: " + why(cause, operands), cause);
    }

    /** A file loses pages at its end, so the last byte of each operand tells. */
    private static String why(InternalError cause, MemorySegment... operands) {
        for (MemorySegment operand : operands) {
            if (operand != null && operand.byteSize() > 0) {
                String truncated =
                        MappedPage.whyTruncated(operand.address() + operand.byteSize() - 1);
                if (truncated != null) {
                    return truncated;
                }
            }
        }
        return "the JVM reports \"" + cause.getMessage() + "\"";
    }
}
