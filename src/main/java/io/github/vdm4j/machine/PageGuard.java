package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
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

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemorySegment MADVISE_ADDRESS = address("madvise");
    private static final FunctionDescriptor MADVISE_SHAPE =
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

    /**
     * {@code int madvise(void *address, size_t length, int advice)}. The call is not critical,
     * because it may wait for the storage. Null if Java denies native access.
     */
    private static final MethodHandle MADVISE = madvise();

    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private PageGuard() {}

    private static MethodHandle madvise() {
        try {
            return LINKER.downcallHandle(MADVISE_ADDRESS, MADVISE_SHAPE);
        } catch (IllegalCallerException e) {
            return null;
        }
    }

    private static MemorySegment address(String name) {
        return LINKER.defaultLookup().find(name).orElseThrow();
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
        long missing = PagePipe.firstMissing(address, length, write);
        if (missing >= 0) {
            throw new PageUnavailableException(segment, offset + missing);
        }
        return missing == PagePipe.NONE_MISSING;
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
     * A pipe for a byte of each page. If the page will be written, the byte returns to its place.
     * Each check has its own pipe, because two threads would mix their bytes.
     */
    static final class PagePipe {
        static final long NONE_MISSING = -1;

        /** The result if the kernel refuses the calls. */
        static final long REFUSED = -2;

        private static final int O_CLOEXEC = 0x80000;
        private static final FunctionDescriptor TRANSFER =
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

        // int pipe2(int ends[2], int flags)
        private static final MethodHandle PIPE2 = LINKER.downcallHandle(address("pipe2"),
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
        // ssize_t write(int fd, const void *from, size_t count)
        private static final MethodHandle WRITE = LINKER.downcallHandle(address("write"), TRANSFER,
                Linker.Option.captureCallState("errno"));
        // ssize_t read(int fd, void *to, size_t count)
        private static final MethodHandle READ = LINKER.downcallHandle(address("read"), TRANSFER,
                Linker.Option.captureCallState("errno"));
        // int close(int fd)
        private static final MethodHandle CLOSE = LINKER.downcallHandle(address("close"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private PagePipe() {}

        /**
         * Returns the offset of the first missing byte of a range, {@link #NONE_MISSING} or
         * {@link #REFUSED}.
         */
        static long firstMissing(long address, long length, boolean write) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment ends = arena.allocate(JAVA_INT, 2);
                if ((int) PIPE2.invokeExact(ends.address(), O_CLOEXEC) != 0) {
                    return REFUSED;
                }
                int out = ends.getAtIndex(JAVA_INT, 0);
                int in = ends.getAtIndex(JAVA_INT, 1);
                try {
                    return firstMissing(address, length, write ? 0 : arena.allocate(1).address(),
                            in, out, arena.allocate(Linker.Option.captureStateLayout()));
                } finally {
                    int ignored = (int) CLOSE.invokeExact(in);
                    int alsoIgnored = (int) CLOSE.invokeExact(out);
                }
            } catch (Throwable e) {
                throw NativeCall.rethrow(e);
            }
        }

        /**
         * Moves a byte of each page to an address. If the address is 0, each byte returns to its
         * place.
         */
        private static long firstMissing(long address, long length, long to, int in, int out,
                MemorySegment state) throws Throwable {
            for (long at = address; at < address + length; at = nextPage(at)) {
                if ((long) WRITE.invokeExact(state, in, at, 1L) != 1
                        || (long) READ.invokeExact(state, out, to == 0 ? at : to, 1L) != 1) {
                    return (int) ERRNO.get(state, 0L) == EFAULT ? at - address : REFUSED;
                }
            }
            return NONE_MISSING;
        }
    }
}
