package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * A check of the pages of a mapped file before native code or a device touches them. A page may be
 * beyond the end of a file that was truncated, or in a hole that a full file system cannot fill.
 * Native code that touches it ends the process (H28). The check throws an exception instead.
 *
 * <p>The check asks the kernel (docs/adr/0009). {@code madvise} brings in a whole range. Kernels
 * before 5.14 lack that advice, and a seccomp profile may refuse it. In these cases, the check
 * sends a byte of each page through a pipe. For a missing page, the kernel returns an error, and
 * the process continues.
 */
public final class PageGuard {
    private static final long PAGE = 4096;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;

    /** Bad address: the kernel cannot provide the page. */
    private static final int EFAULT = 14;

    static final long NONE_MISSING = -1;
    /** The result of {@link #firstMissing} if the kernel refuses the calls. */
    static final long REFUSED = -2;

    /**
     * {@code int madvise(void *address, size_t length, int advice)}. The call is not critical,
     * because it may wait for the storage. Null if Java denies native access.
     */
    private static final MethodHandle MADVISE = madvise();

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private PageGuard() {}

    private static MethodHandle madvise() {
        try {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find("madvise").orElseThrow(),
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        } catch (IllegalCallerException e) {
            return null;
        }
    }

    /**
     * Asks the kernel to bring in the pages of a range.
     *
     * @param length bytes, above 0
     * @return false if the kernel refuses all of these calls. The state of the pages is then
     *     unknown
     */
    public static boolean ask(MemorySegment segment, long offset, long length, boolean write) {
        if (MADVISE == null) {
            return false;
        }
        long address = segment.address() + offset;
        if (madvise(address, length, write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ)) {
            return true;
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the arena of a segment is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("a segment is confined to another thread");
        }
        long missing = firstMissing(address, length, write);
        if (missing >= 0) {
            throw new PageUnavailableException(segment, offset + missing);
        }
        return missing == NONE_MISSING;
    }

    private static boolean madvise(long address, long length, int advice) {
        long start = address & -PAGE;
        try {
            return (int) MADVISE.invokeExact(start, address + length - start, advice) == 0;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Makes the pages of a range present and writable, where that is possible. The method reports
     * no failure, because the submission of the range meets the same page or arena and reports it.
     */
    public static void populate(MemorySegment segment, long offset, long length) {
        try {
            prefault(segment, offset, length, true);
        } catch (PageUnavailableException | IllegalStateException | WrongThreadException e) {
            // the submission reports it
        }
    }

    /**
     * Brings in the pages of a range. If the kernel refuses all of these calls, the JVM touches the
     * pages itself.
     */
    public static void prefault(MemorySegment segment, long offset, long length, boolean write) {
        if (!ask(segment, offset, length, write)) {
            touch(segment, offset, length, write);
        }
    }

    /** Touches each page. A write stores the byte that was read. */
    static void touch(MemorySegment segment, long offset, long length, boolean write) {
        long at = offset;
        try {
            while (at < offset + length) {
                if (write) {
                    BYTE.setVolatile(segment, at, (byte) BYTE.getVolatile(segment, at));
                    PageFaults.deliver();
                } else {
                    PageFaults.read(segment, at);
                }
                at = nextPage(segment.address() + at) - segment.address();
            }
        } catch (InternalError e) {
            throw new PageUnavailableException(segment, at);
        }
    }

    private static long nextPage(long address) {
        return (address & -PAGE) + PAGE;
    }

    /**
     * Sends a byte of each page through a pipe. If the page will be written, the byte returns to
     * its place. Each check has its own pipe, because two threads would mix their bytes.
     *
     * @return the offset of the first missing byte, {@link #NONE_MISSING} or {@link #REFUSED}
     */
    static long firstMissing(long address, long length, boolean write) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(LibC.CALL_STATE_BYTES, Long.BYTES);
            long unused = arena.allocate(1).address();
            int[] ends = LibC.pipe();
            try {
                for (long at = address; at < address + length; at = nextPage(at)) {
                    long moved = LibC.write(state, ends[1], at, 1);
                    if (moved == 1) {
                        moved = LibC.read(state, ends[0], write ? at : unused, 1);
                    }
                    if (moved != 1) {
                        return moved == -EFAULT ? at - address : REFUSED;
                    }
                }
                return NONE_MISSING;
            } finally {
                LibC.close(ends[0]);
                LibC.close(ends[1]);
            }
        } catch (LibC.CallFailedException e) {
            return REFUSED;
        }
    }
}
