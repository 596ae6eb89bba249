package io.github.vdm4j.machine;

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
    /** The size of the memory in which a call keeps the error number. */
    public static final long CALL_STATE_BYTES = CALL_STATE.byteSize();
    /**
     * The handle of all functions. Its first argument is the function's address. In a new JVM,
     * linking another shape takes milliseconds (docs/adr/0019). {@link PlainCall} explains why a
     * surplus argument and an {@code int} have no effect. The same applies to the option for
     * variadic functions.
     */
    private static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG),
            Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(1));
    private static final MemorySegment READ = find("read");
    private static final MemorySegment WRITE = find("write");
    private static final MemorySegment GETCPU = find("getcpu"); // null before glibc 2.29
    private static final MemorySegment SYSCALL = find("syscall");

    private static final long PAGE = 4096;
    private static final int MS_SYNC = 4;
    private static final int MADV_RANDOM = 1;
    private static final int MADV_HUGEPAGE = 14;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int O_CLOEXEC = 0x80000;
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
    private static final int ENOMEM = 12;
    private static final int EACCES = 13;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;
    private static final long SYS_GET_MEMPOLICY = 239;
    private static final long MPOL_F_NODE_OF_ADDRESS = 3;

    private LibC() {}

    /** Returns the address of a function, or null if the C library lacks it. */
    private static MemorySegment find(String name) {
        return LINKER.defaultLookup().find(name).orElse(null);
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

    /**
     * Calls a function that returns -1 after an error. Repeats the call after each interrupting
     * signal. No successful result has the lower half of -1.
     */
    private static long call(String name, long... arguments) throws CallFailedException {
        MemorySegment function = find(name);
        if (function == null) {
            throw new CallFailedException(name, ENOSYS);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int error;
            do {
                long result = invoke(function, state, Arrays.copyOf(arguments, 6));
                if ((int) result != -1) {
                    return result;
                }
                error = (int) ERRNO.get(state, 0L);
            } while (error == EINTR);
            throw new CallFailedException(name, error);
        }
    }

    /**
     * Calls a function once and returns its result, for example because a second close could close
     * the file of another thread.
     */
    private static long callOnce(String name, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            return invoke(find(name), arena.allocate(CALL_STATE), Arrays.copyOf(arguments, 6));
        }
    }

    private static long invoke(MemorySegment function, MemorySegment state, long[] six) {
        return invoke(function, state, six[0], six[1], six[2], six[3], six[4], six[5]);
    }

    private static long invoke(MemorySegment function, MemorySegment state, long first,
            long second, long third, long fourth, long fifth, long sixth) {
        try {
            return (long) CALL.invokeExact(function, state, first, second, third, fourth, fifth,
                    sixth);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    private static long terminated(Arena arena, byte[] text) {
        MemorySegment copy = arena.allocate(text.length + 1L);
        copy.copyFrom(MemorySegment.ofArray(text));
        return copy.address();
    }

    private static String words(int error) {
        return MemorySegment.ofAddress(callOnce("strerror", error)).reinterpret(1024).getString(0);
    }

    /** Writes the pages of a part of a shared mapping to their file. */
    public static void msync(MemorySegment part) throws CallFailedException {
        long start = part.address() & -PAGE;
        call("msync", start, part.address() + part.byteSize() - start, MS_SYNC);
    }

    /** Maps new memory filled with zeros, and requests huge pages for it. */
    public static long mapHugePages(long length) throws CallFailedException {
        long address = map(length, MAP_PRIVATE_ANONYMOUS, -1, 0);
        callOnce("madvise", address, length, MADV_HUGEPAGE); // The kernel may ignore the advice.
        return address;
    }

    /** Advises the kernel that the accesses of a mapping are short and in any order. */
    public static void adviseRandomAccess(MemorySegment mapping) {
        long start = mapping.address() & -PAGE;
        callOnce("madvise", start, mapping.address() + mapping.byteSize() - start, MADV_RANDOM);
    }

    /** Maps a part of an open file for reading and writing. The mapping is shared. */
    public static long mapShared(int descriptor, long offset, long length)
            throws CallFailedException {
        return map(length, MAP_SHARED, descriptor, offset);
    }

    private static long map(long length, int flags, int descriptor, long offset)
            throws CallFailedException {
        return call("mmap", 0, length, PROT_READ_WRITE, flags, descriptor, offset);
    }

    public static void unmap(long address, long length) {
        callOnce("munmap", address, length);
    }

    /** Allocates memory with undefined content. The alignment is a power of two, 16 or more. */
    public static long allocate(long alignment, long size) throws CallFailedException {
        long rounded = Math.addExact(size, alignment - 1) & -alignment;
        long address = callOnce("aligned_alloc", alignment, rounded);
        if (address == 0) {
            throw new CallFailedException("aligned_alloc", ENOMEM);
        }
        return address;
    }

    /** Frees memory that {@link #allocate(long, long)} has returned. */
    public static void free(long address) {
        callOnce("free", address);
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

    private static int open(byte[] path, int flags) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call("open", terminated(arena, path), flags, READ_AND_WRITE_BY_ALL);
        }
    }

    static void ioctl(int descriptor, long request, MemorySegment argument)
            throws CallFailedException {
        call("ioctl", descriptor, request, argument.address());
    }

    /** Creates a pipe. Returns its ends for reading and for writing. */
    static int[] pipe() throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            call("pipe2", ends.address(), O_CLOEXEC);
            return ends.toArray(JAVA_INT);
        }
    }

    /**
     * Replaces the file of a descriptor by the file of a second descriptor, and closes the second
     * descriptor. During the call, a thread that uses the descriptor uses the first file or the
     * second file. It never uses a third file.
     */
    public static void replace(int descriptor, int other) throws CallFailedException {
        try {
            call("dup3", other, descriptor, O_CLOEXEC);
        } finally {
            close(other);
        }
    }

    public static void close(int descriptor) {
        callOnce("close", descriptor);
    }

    /**
     * Returns the NUMA node of the processor that runs the calling thread, or -1 if the system does
     * not report it. The call does not allocate after the JIT compiler has removed the JDK's slice
     * of {@code callState}.
     *
     * @param callState {@link #CALL_STATE_BYTES} of native memory for the exclusive use of this
     *     call
     */
    public static int currentNode(MemorySegment callState, MemorySegment result) {
        return GETCPU != null
                && (int) invoke(GETCPU, callState, 0, result.address(), 0, 0, 0, 0) == 0
                        ? result.get(JAVA_INT, 0)
                        : -1;
    }

    /** Returns the NUMA node of the memory at an address, like {@link #currentNode}. */
    public static int nodeOf(MemorySegment callState, MemorySegment result, long address) {
        long error = invoke(SYSCALL, callState, SYS_GET_MEMPOLICY, result.address(), 0, 0, address,
                MPOL_F_NODE_OF_ADDRESS);
        return error == 0 ? result.get(JAVA_INT, 0) : -1;
    }

    /**
     * Writes to a file. For allocations and the first parameter, see {@link #currentNode}. The
     * caller keeps the bytes at the address alive.
     *
     * @return how many bytes the file accepted, or the negative error number
     */
    public static long write(MemorySegment callState, int descriptor, long address, long length) {
        return transfer(WRITE, callState, descriptor, address, length);
    }

    /** Reads from a file like {@link #write}. */
    static long read(MemorySegment callState, int descriptor, long address, long length) {
        return transfer(READ, callState, descriptor, address, length);
    }

    private static long transfer(MemorySegment function, MemorySegment callState, int descriptor,
            long address, long length) {
        long done = invoke(function, callState, descriptor, address, length, 0, 0, 0);
        return done < 0 ? -(int) ERRNO.get(callState, 0L) : done;
    }

    /** Returns the bytes of storage that a file occupies, also beyond its end. */
    public static long storageOf(int descriptor) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            return BLOCK * statx(arena, descriptor, new byte[0], AT_EMPTY_PATH, STATX_BLOCKS)
                    .get(JAVA_LONG, STX_BLOCKS);
        }
    }

    /** Returns a {@code struct statx}. Before glibc 2.28, the call is unsupported. */
    static MemorySegment statx(Arena arena, int folder, byte[] path, int flags, int mask)
            throws CallFailedException {
        MemorySegment status = arena.allocate(STATX_SIZE, Long.BYTES);
        call("statx", folder, terminated(arena, path), flags, mask, status.address());
        return status;
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
        call("fallocate", descriptor, keepSize ? FALLOC_FL_KEEP_SIZE : 0, offset, length);
    }
}
