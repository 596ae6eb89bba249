package io.github.vdm4j.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Brings in the pages of a range before native code or a device touches them. Beyond the end of a
 * file that was truncated, or in a hole with no space left to fill it, an access from native code
 * would end the process (H28); here it is an exception.
 *
 * <p>Only the kernel is asked, never the memory itself. The JVM survives an access to such a page,
 * but compiled code leaves out an access whose value it has no use for, and after others goes on
 * for a while before it throws: in both cases the native copy would begin.
 */
public final class PageGuard {
    private static final long PAGE = 4096;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int EINVAL = 22;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemorySegment MADVISE_ADDRESS =
            LINKER.defaultLookup().find("madvise").orElseThrow();
    private static final FunctionDescriptor MADVISE_SHAPE =
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

    /**
     * {@code int madvise(void *address, size_t length, int advice)}. Not a critical call: it may
     * wait for the storage.
     */
    private static final MethodHandle MADVISE =
            LINKER.downcallHandle(MADVISE_ADDRESS, MADVISE_SHAPE);

    private static final MethodHandle MADVISE_WITH_REASON =
            LINKER.downcallHandle(MADVISE_ADDRESS, MADVISE_SHAPE,
                    Linker.Option.captureCallState("errno"));

    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

    private PageGuard() {}

    /**
     * Brings in the pages of a range.
     *
     * @param segment the segment
     * @param offset where the range begins
     * @param length bytes, above 0
     * @param write whether the range will be written
     * @throws PageUnavailableException if a page cannot be had
     * @throws IllegalStateException if the arena is closed
     * @throws WrongThreadException if a page cannot be had and the segment is confined to another
     * thread
     */
    public static void bringIn(MemorySegment segment, long offset, long length, boolean write) {
        long start = segment.address() + offset & -PAGE;
        long pages = segment.address() + offset + length - start;
        int advice = write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
        try {
            if ((int) MADVISE.invokeExact(start, pages, advice) == 0) {
                return;
            }
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the arena is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the segment is confined to another thread");
        }
        int reason = reason(start, pages, advice);
        if (reason == EINVAL) { // a kernel older than the advice, which came with 5.14
            reason = PageProbe.probe(segment.address() + offset, length, write);
        }
        if (reason != 0) {
            throw new PageUnavailableException(segment, offset, length, reason);
        }
    }

    /** Asks once more, this time for the reason as well; 0 if it works now. */
    private static int reason(long start, long length, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int failed = (int) MADVISE_WITH_REASON.invokeExact(state, start, length, advice);
            return failed == 0 ? 0 : (int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * The way of older kernels: a byte of each page is read, and written back, through the calls
     * that access the memory of a process, here of this one. They answer where an access would not.
     */
    static final class PageProbe {
        private static final FunctionDescriptor SHAPE =
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

        /**
         * {@code ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long
         * locals, const struct iovec *remote, unsigned long remotes, unsigned long flags)}; writev
         * likewise.
         */
        private static final MethodHandle READ = bind("process_vm_readv");

        private static final MethodHandle WRITE = bind("process_vm_writev");

        private PageProbe() {}

        private static MethodHandle bind(String name) {
            return LINKER.downcallHandle(
                    LINKER.defaultLookup().find(name).orElseThrow(),
                    SHAPE,
                    Linker.Option.captureCallState("errno"));
        }

        /**
         * Touches every page of a range.
         *
         * @return 0, or the error number of the first page that cannot be had
         */
        static int probe(long address, long length, boolean write) {
            int self = (int) ProcessHandle.current().pid();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
                MemorySegment local = vector(arena, arena.allocate(1).address());
                MemorySegment remote = vector(arena, address);
                long last = address + length - 1;
                for (long at = address;; at = Math.min(at + PAGE, last)) {
                    remote.set(JAVA_LONG, 0, at);
                    if ((long) READ.invokeExact(state, self, local, 1L, remote, 1L, 0L) != 1
                            || write && (long) WRITE.invokeExact(state, self, local, 1L, remote, 1L,
                                    0L) != 1) {
                        return (int) ERRNO.get(state, 0L);
                    }
                    if (at == last) {
                        return 0;
                    }
                }
            } catch (Throwable e) {
                throw NativeCall.rethrow(e);
            }
        }

        /** A {@code struct iovec} of one byte. */
        private static MemorySegment vector(Arena arena, long address) {
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(JAVA_LONG, 0, address);
            vector.set(JAVA_LONG, 8, 1);
            return vector;
        }
    }
}
