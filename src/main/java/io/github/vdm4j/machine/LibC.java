package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The functions of Linux's C library that the JDK lacks. A failed call throws an exception with the
 * system's error text. Use this class only if {@link PlatformName#nativeCallsAllowed()}.
 */
public final class LibC {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final long PAGE = 4096;
    private static final int MS_SYNC = 4;
    private static final int MADV_RANDOM = 1;
    private static final int MADV_HUGEPAGE = 14;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MAP_SHARED = 1;
    private static final int O_RDWR_CLOEXEC = 0x80002;
    private static final int O_RDWR_CREAT_CLOEXEC = 0x80042;
    private static final int READ_AND_WRITE_BY_ALL = 0666; // the umask limits it
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BLOCKS = 0x400;
    private static final int STATX_SIZE = 256; // sizeof(struct statx)
    private static final int STX_BLOCKS = 48; // offsetof(struct statx, stx_blocks)
    private static final int BLOCK = 512; // the unit of stx_blocks
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int EACCES = 13;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;
    private static final long SYS_GET_MEMPOLICY = 239;
    private static final long MPOL_F_NODE_OF_ADDRESS = 3;

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
    // int fallocate(int fd, int mode, off_t offset, off_t length)
    private static final MethodHandle FALLOCATE =
            bind("fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    // int open(const char *path, int flags, mode_t mode)
    private static final MethodHandle OPEN =
            bind(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    // int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *status)
    private static final MethodHandle STATX = // null before glibc 2.28
            LINKER.defaultLookup().find("statx").isEmpty()
                    ? null
                    : bind("statx",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT,
                                    ADDRESS));
    // int ioctl(int fd, unsigned long request, void *argument)
    private static final MethodHandle IOCTL =
            bind("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    Linker.Option.firstVariadicArg(2));
    // int close(int fd)
    private static final MethodHandle CLOSE =
            bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    // int dup3(int fd, int replaced, int flags)
    private static final MethodHandle DUP3 =
            bind("dup3", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    // ssize_t write(int fd, const void *buffer, size_t length)
    private static final MethodHandle WRITE =
            bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    // int getcpu(unsigned int *processor, unsigned int *node)
    private static final MethodHandle GETCPU = // null before glibc 2.29
            LINKER.defaultLookup().find("getcpu").isEmpty()
                    ? null
                    : bind("getcpu", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));
    // long syscall(long number, int *mode, unsigned long *nodes, unsigned long most, void *address,
    // unsigned long flags)
    private static final MethodHandle GET_MEMPOLICY =
            bind("syscall",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
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
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(symbol(name), descriptor, all);
    }

    public static final class CallFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int error;

        CallFailedException(String call, int error) {
            super(call + ": " + words(error));
            this.error = error;
        }

        /**
         * Returns true if the system or the file system does not have this call, or if the seccomp
         * filter of a container refuses it.
         */
        public boolean isUnsupported() {
            return error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
        }

        public boolean isMissingFile() {
            return error == ENOENT;
        }

        public boolean isDenied() {
            return error == EACCES;
        }
    }

    /** A call of a function that keeps its error number in the memory that it gets. */
    private interface Call {
        long invoke(MemorySegment callState, Arena arena) throws Throwable;
    }

    /** Calls a function that returns -1 after an error, again after each interrupting signal. */
    private static long call(String name, Call call) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int error;
            do {
                long result = call.invoke(state, arena);
                if (result != -1) {
                    return result;
                }
                error = (int) ERRNO.get(state, 0L);
            } while (error == EINTR);
            throw new CallFailedException(name, error);
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /** Calls a function once, because a second close could close the file of another thread. */
    private static void callOnce(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            call.invoke(arena.allocate(CALL_STATE), arena);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /** Writes the pages of a shared mapping to their file. */
    public static void msync(long address, long length) throws CallFailedException {
        call("msync", (state, arena) -> (int) MSYNC.invokeExact(state, address, length, MS_SYNC));
    }

    /** Maps new memory filled with zeros, and requests huge pages for it. */
    public static long mapHugePages(long length) throws CallFailedException {
        long address = map(length, MAP_PRIVATE_ANONYMOUS, -1, 0);
        advise(address, length, MADV_HUGEPAGE);
        return address;
    }

    /** Advises the kernel that the accesses of a mapping are short and in any order. */
    public static void adviseRandomAccess(MemorySegment mapping) {
        long start = mapping.address() & -PAGE;
        advise(start, mapping.address() + mapping.byteSize() - start, MADV_RANDOM);
    }

    /** Passes advice to the kernel. The kernel may ignore it. */
    private static void advise(long address, long length, int advice) {
        callOnce((state, arena) -> (int) MADVISE.invokeExact(state, address, length, advice));
    }

    /** Maps a part of an open file for reading and writing. The mapping is shared. */
    public static long mapShared(int descriptor, long offset, long length)
            throws CallFailedException {
        return map(length, MAP_SHARED, descriptor, offset);
    }

    private static long map(long length, int flags, int descriptor, long offset)
            throws CallFailedException {
        return call("mmap of " + length + " bytes", (state, arena) -> (long) MMAP.invokeExact(
                state, 0L, length, PROT_READ_WRITE, flags, descriptor, offset));
    }

    public static void unmap(long address, long length) {
        callOnce((state, arena) -> (int) MUNMAP.invokeExact(state, address, length));
    }

    /** Allocates memory with undefined content. The alignment is a power of two, 16 or more. */
    public static long allocate(long alignment, long size) throws CallFailedException {
        long rounded = Math.addExact(size, alignment - 1) & -alignment;
        return call("aligned_alloc", (state, arena) -> {
            long address = (long) ALIGNED_ALLOC.invokeExact(state, alignment, rounded);
            return address == 0 ? -1 : address;
        });
    }

    /** Frees memory that {@link #allocate(long, long)} has returned. */
    public static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /** Opens a file for reading and writing. Creates the file if it does not exist. */
    public static int open(byte[] path) throws CallFailedException {
        return open(path, O_RDWR_CREAT_CLOEXEC);
    }

    public static int openExisting(byte[] path) throws CallFailedException {
        return open(path, O_RDWR_CLOEXEC);
    }

    static int openForReading(String path) throws CallFailedException {
        return open(path.getBytes(StandardCharsets.UTF_8), O_CLOEXEC);
    }

    static void ioctl(int descriptor, long request, MemorySegment argument)
            throws CallFailedException {
        call("ioctl", (state, arena) -> (int) IOCTL.invokeExact(state, descriptor, request,
                argument));
    }

    private static int open(byte[] path, int flags) throws CallFailedException {
        return (int) call("open", (state, arena) -> {
            MemorySegment terminated = arena.allocate(path.length + 1L);
            terminated.copyFrom(MemorySegment.ofArray(path));
            return (int) OPEN.invokeExact(state, terminated, flags, READ_AND_WRITE_BY_ALL);
        });
    }

    /**
     * Replaces the file of a descriptor by the file of a second descriptor, and closes the second
     * descriptor. During the call, a thread that uses the descriptor uses the first file or the
     * second file. It never uses a third file.
     */
    public static void replace(int descriptor, int other) throws CallFailedException {
        try {
            call("dup3", (state, arena) -> (int) DUP3.invokeExact(state, other, descriptor,
                    O_CLOEXEC));
        } finally {
            close(other);
        }
    }

    /** The size of the memory in which {@link #write} keeps the error number. */
    public static final long CALL_STATE_BYTES = CALL_STATE.byteSize();

    /**
     * Returns the NUMA node of the processor that runs the calling thread, or -1 if the system does
     * not report it. The call does not allocate after the JIT compiler has removed the JDK's slice
     * of {@code callState}.
     *
     * @param callState {@link #CALL_STATE_BYTES} of native memory for the exclusive use of this
     *     call
     */
    public static int currentNode(MemorySegment callState, MemorySegment result) {
        if (GETCPU == null) {
            return -1;
        }
        try {
            int error = (int) GETCPU.invokeExact(callState, 0L, result);
            return error == 0 ? result.get(JAVA_INT, 0) : -1;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /** Returns the NUMA node of the memory at an address, like {@link #currentNode}. */
    public static int nodeOf(MemorySegment callState, MemorySegment result, long address) {
        try {
            long error = (long) GET_MEMPOLICY.invokeExact(callState, SYS_GET_MEMPOLICY, result, 0L,
                    0L, address, MPOL_F_NODE_OF_ADDRESS);
            return error == 0 ? result.get(JAVA_INT, 0) : -1;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Writes to a file. For allocations and the first parameter, see {@link #currentNode}.
     *
     * @return how many bytes the file accepted, or the negative error number
     */
    public static long write(MemorySegment callState, int descriptor, MemorySegment memory) {
        try {
            long written =
                    (long) WRITE.invokeExact(callState, descriptor, memory, memory.byteSize());
            return written < 0 ? -(int) ERRNO.get(callState, 0L) : written;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    public static void close(int descriptor) {
        callOnce((state, arena) -> (int) CLOSE.invokeExact(state, descriptor));
    }

    /** Returns the bytes of storage that a file occupies, also beyond its end. */
    public static long storageOf(int descriptor) throws CallFailedException {
        if (STATX == null) {
            throw new CallFailedException("statx", ENOSYS);
        }
        return BLOCK * call("statx", (state, arena) -> {
            MemorySegment status = arena.allocate(STATX_SIZE, Long.BYTES);
            int error = (int) STATX.invokeExact(state, descriptor, arena.allocateFrom(""),
                    AT_EMPTY_PATH, STATX_BLOCKS, status);
            return error != 0 ? -1 : status.get(JAVA_LONG, STX_BLOCKS);
        });
    }

    /**
     * Allocates storage for a range of a file, holes included. The call changes no byte of the
     * file.
     *
     * @param keepSize whether to keep the size of the file. If false, a shorter file grows to the
     *     end of the range
     */
    public static void fallocate(int descriptor, long offset, long length, boolean keepSize)
            throws CallFailedException {
        int mode = keepSize ? FALLOC_FL_KEEP_SIZE : 0;
        call("fallocate",
                (state, arena) -> (int) FALLOCATE.invokeExact(state, descriptor, mode, offset,
                        length));
    }

    static String words(int error) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact(error);
            return text.reinterpret(1024).getString(0);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
