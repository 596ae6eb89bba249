package io.github.vdm4j.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Brings in the pages of a mapped file before native code touches them. Beyond the end of a file that
 * was truncated, or in a hole with no space left to fill it, an access from native code would end the
 * process (H28); here it is an exception.
 */
public final class PageGuard {
    private static final long PAGE = 4096;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;

    /**
     * {@code int madvise(void *address, size_t length, int advice)}. Not a critical call: it may wait
     * for the storage.
     */
    private static final MethodHandle MADVISE =
            Linker.nativeLinker()
                    .downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private static final MemorySegment ADDRESS =
            Linker.nativeLinker().defaultLookup().find("madvise").orElse(null);

    private PageGuard() {}

    /**
     * Brings in the pages of a range.
     *
     * @param segment a mapped segment
     * @param offset where the range begins
     * @param length bytes, above 0
     * @param write whether the range will be written
     * @throws PageUnavailableException if a page cannot be had
     */
    public static void bringIn(MemorySegment segment, long offset, long length, boolean write) {
        long start = segment.address() + offset & -PAGE;
        long end = segment.address() + offset + length;
        int advice = write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
        try {
            if (ADDRESS != null && (int) MADVISE.invokeExact(ADDRESS, start, end - start, advice) == 0) {
                return;
            }
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
        // Either a page cannot be had, or the kernel is older than the advice (5.14). The JVM survives
        // the access that tells.
        try {
            touch(segment, offset, length, write);
        } catch (InternalError e) {
            throw new PageUnavailableException(segment, offset, length, e);
        }
    }

    /**
     * Reads a byte of each page and, to make it writable, writes it back.
     *
     * @param segment any segment
     * @param offset where the range begins
     * @param length bytes, above 0
     * @param write whether to write
     */
    public static void touch(MemorySegment segment, long offset, long length, boolean write) {
        long last = offset + length - 1;
        for (long at = offset;; at = Math.min(at + PAGE, last)) {
            byte there = segment.get(ValueLayout.JAVA_BYTE, at);
            if (write) {
                segment.set(ValueLayout.JAVA_BYTE, at, there);
            }
            if (at == last) {
                return;
            }
        }
    }
}
