package io.github.vdm4j.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The few functions of Linux's C library that the JDK has no counterpart for. Each fails with the
 * system's words. Only where {@link PlatformName#nativeCallsAllowed()}.
 */
public final class LibC {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final int MS_SYNC = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int O_RDWR_CLOEXEC = 0x80002;
    private static final long MAP_FAILED = -1;

    // int msync(void *address, size_t length, int flags)
    private static final MethodHandle MSYNC =
            bind("msync", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    // int madvise(void *address, size_t length, int advice)
    private static final MethodHandle MADVISE =
            bind("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    // void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
    private static final MethodHandle MMAP =
            bind(
                    "mmap",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                            JAVA_LONG));
    // int munmap(void *address, size_t length)
    private static final MethodHandle MUNMAP =
            bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    // void *aligned_alloc(size_t alignment, size_t size)
    private static final MethodHandle ALIGNED_ALLOC =
            bind("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    // void free(void *memory)
    private static final MethodHandle FREE =
            LINKER.downcallHandle(symbol("free"), FunctionDescriptor.ofVoid(JAVA_LONG));
    // int posix_fallocate(int fd, off_t offset, off_t length); returns the error itself
    private static final MethodHandle FALLOCATE =
            bind("posix_fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    // int open(const char *path, int flags, ...)
    private static final MethodHandle OPEN =
            bind(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    // int close(int fd)
    private static final MethodHandle CLOSE =
            bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    // char *strerror(int errno)
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private LibC() {}

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    }

    private static MethodHandle bind(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(symbol(name), descriptor, all);
    }

    /** A call of the C library failed. */
    public static final class CallFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        CallFailedException(String call, int error) {
            super(call + ": " + words(error));
        }
    }

    /**
     * Writes the pages of a shared mapping to their file.
     *
     * @param address the first page's address
     * @param length bytes
     * @throws CallFailedException if the system reports an error
     */
    public static void msync(long address, long length) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            if ((int) MSYNC.invokeExact(state, address, length, MS_SYNC) != 0) {
                throw new CallFailedException("msync", (int) ERRNO.get(state, 0L));
            }
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Maps fresh memory, all zero, and asks for huge pages in it.
     *
     * @param length bytes
     * @return its address
     * @throws CallFailedException if there is none
     */
    public static long mapHugePages(long length) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            long address =
                    (long) MMAP.invokeExact(
                            state, 0L, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (address == MAP_FAILED) {
                throw new CallFailedException("mmap of " + length + " bytes",
                        (int) ERRNO.get(state, 0L));
            }
            int ignored = (int) MADVISE.invokeExact(state, address, length, MADV_HUGEPAGE); // advice only
            return address;
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Unmaps memory.
     *
     * @param address where it begins
     * @param length bytes
     */
    public static void unmap(long address, long length) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) MUNMAP.invokeExact(arena.allocate(CALL_STATE), address, length);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Allocates memory with whatever content it has.
     *
     * @param alignment a power of two, 16 or more
     * @param size bytes, above 0
     * @return its address
     * @throws CallFailedException if there is none
     */
    public static long allocate(long alignment, long size) throws CallFailedException {
        long rounded = Math.addExact(size, alignment - 1) & -alignment;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            long address = (long) ALIGNED_ALLOC.invokeExact(state, alignment, rounded);
            if (address == 0) {
                throw new CallFailedException("aligned_alloc", (int) ERRNO.get(state, 0L));
            }
            return address;
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Frees memory.
     *
     * @param address what {@link #allocate(long, long)} returned
     */
    public static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Gives a range of a file its storage, holes included, and makes the file long enough.
     *
     * @param file an existing file that may be written
     * @param offset where the range begins
     * @param length bytes, above 0
     * @throws CallFailedException if the file cannot be opened or there is no space
     */
    public static void allocate(Path file, long offset, long length) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(file.toString()),
                    O_RDWR_CLOEXEC);
            if (fd < 0) {
                throw new CallFailedException("open", (int) ERRNO.get(state, 0L));
            }
            int error = (int) FALLOCATE.invokeExact(state, fd, offset, length);
            int ignored = (int) CLOSE.invokeExact(state, fd);
            if (error != 0) {
                throw new CallFailedException("posix_fallocate", error);
            }
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    private static String words(int error) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact(error);
            return text.reinterpret(1024).getString(0);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
