package io.github.vdm4j.machine;

import java.lang.foreign.MemorySegment;

/** Thrown if a page of a mapped file is missing. The message names only observed causes. */
public final class PageUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception for a page that the kernel does not provide. */
    PageUnavailableException(MemorySegment segment, long offset) {
        super("a page of a mapped file is not there, from byte %,d of a segment of %,d on: %s"
                .formatted(offset, segment.byteSize(), why(segment, offset)));
    }

    private static String why(MemorySegment segment, long offset) {
        String known = MappedPage.whyMissing(segment.address() + offset);
        return known != null ? known : "the system cannot provide it (EFAULT)";
    }

    /**
     * Creates the exception for a page that the JVM found missing. The JVM does not report which
     * page. The operands are the mapped segments that the operation accessed, and null for none.
     */
    public PageUnavailableException(InternalError cause, MemorySegment... operands) {
        super("a page of a mapped file is not there: " + why(cause, operands), cause);
    }

    /**
     * Returns the reason. The method checks the last byte of each operand, because a file loses
     * pages only at its end.
     */
    private static String why(InternalError cause, MemorySegment... operands) {
        for (MemorySegment operand : operands) {
            if (operand != null && operand.byteSize() > 0) {
                String known = MappedPage.whyMissing(operand.address() + operand.byteSize() - 1);
                if (known != null) {
                    return known;
                }
            }
        }
        return "the JVM reports \"" + cause.getMessage() + "\"";
    }
}
