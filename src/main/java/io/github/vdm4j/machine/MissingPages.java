package io.github.vdm4j.machine;

import java.lang.foreign.MemorySegment;

/**
 * A check of a mapped file's pages through the JVM. The check reads from the pages. If a page is
 * missing, the JVM throws an {@link InternalError}.
 */
public final class MissingPages {
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
            PageFaults.read(range, offset);
            return true;
        } catch (InternalError e) {
            return false;
        }
    }
}
