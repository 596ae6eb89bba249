package io.github.vdm4j.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The page faults of mapped files. The JVM reports them some time after the access. */
public final class PageFaults {
    /** The last byte that {@link #read} has read. Nothing uses it. */
    private static byte lastRead;

    private PageFaults() {}

    /**
     * Reads a byte, and throws the JVM's {@link InternalError} if its page is missing. The method
     * stores the byte, because the JIT removes every access with an unused value, even a volatile
     * access.
     */
    static void read(MemorySegment segment, long offset) {
        lastRead = segment.get(ValueLayout.JAVA_BYTE, offset);
        deliver();
    }

    /**
     * Requires that the last page of a range exists. Then all pages of the range exist, because a
     * file loses pages only at its end.
     *
     * @param range a range of a mapped file, not empty
     * @throws PageUnavailableException with the offset of the first missing page
     */
    public static void requireNone(MemorySegment range) {
        long missing = range.byteSize() - 1;
        if (isPresent(range, missing)) {
            return;
        }
        long there = -1;
        while (missing - there > 1) {
            long middle = there + (missing - there) / 2;
            if (isPresent(range, middle)) {
                there = middle;
            } else {
                missing = middle;
            }
        }
        throw new PageUnavailableException(range, missing);
    }

    private static boolean isPresent(MemorySegment range, long offset) {
        try {
            read(range, offset);
            return true;
        } catch (InternalError e) {
            return false;
        }
    }

    /** Returns whether an error is the JVM's report of a missing page. */
    public static boolean isReportedBy(Throwable thrown) {
        return thrown instanceof InternalError
                && thrown.getMessage() != null
                && thrown.getMessage().contains("unsafe memory access operation");
    }

    /**
     * Throws the error that the JVM has not reported yet. After an access to a missing page,
     * compiled code continues for a while before it throws. Meanwhile, an operation could succeed
     * without valid data. This method calls a native method, because the JVM reports the error when
     * a native method returns.
     */
    public static void deliver() {
        Thread.holdsLock(PageFaults.class);
    }
}
