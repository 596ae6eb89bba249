package io.github.vdm4j.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A check of a mapped file's pages through the JVM. The check accesses the pages. If a page is
 * missing, the JVM throws an {@link InternalError}. The accesses are volatile, because the JIT does
 * not remove such accesses.
 */
public final class MissingPages {
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private MissingPages() {}

    /**
     * Requires that the last page of a range exists. Then all pages of the range exist, because a
     * file loses pages only at its end.
     *
     * @param range a range of a mapped file, not empty
     * @throws PageUnavailableException with the offset of the first missing page
     */
    public static void requireNone(MemorySegment range) {
        long missing = range.byteSize() - 1;
        if (isThere(range, missing)) {
            return;
        }
        long there = -1;
        while (missing - there > 1) {
            long middle = there + (missing - there) / 2;
            if (isThere(range, middle)) {
                there = middle;
            } else {
                missing = middle;
            }
        }
        throw new PageUnavailableException(range, missing);
    }

    private static boolean isThere(MemorySegment range, long offset) {
        try {
            byte ignored = (byte) BYTE.getVolatile(range, offset);
            PageFaults.deliver();
            return true;
        } catch (InternalError e) {
            return false;
        }
    }
}
