package io.github.vdm4j.machine;

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

/**
 * The functions of Linux's C library that the JDK lacks. A failed call throws an exception with the
 * system's error text. Use this class only if {@link PlatformName#nativeCallsAllowed()}.
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
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int EACCES = 13;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;
    private static final long MAP_FAILED = -1;
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
        Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(symbol(name), descriptor, all);
    }

    /** Thrown if a call of the C library fails. */
    public static final class CallFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int error;

        CallFailedException(String call, int error) {
            super(call + ": " + words(error));
            this.error = error;
        }

        /**
         * Returns true if the system or the file system does not have this call.
         *
         * @return true after ENOSYS and EOPNOTSUPP
         */
        public boolean isUnsupported() {
            return error == ENOSYS || error == EOPNOTSUPP;
        }

        /**
         * Returns true if the file does not exist.
         *
         * @return true after ENOENT
         */
        public boolean isMissingFile() {
            return error == ENOENT;
        }

        /**
         * Returns true if the user may not do this with the file.
         *
         * @return true after EACCES
         */
        public boolean isDenied() {
            return error == EACCES;
        }
    }

    /**
     * Writes the pages of a shared mapping to their file.
     *
     * @param address the first page's address
     * @param length the length in bytes
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
     * Maps new memory filled with zeros, and requests huge pages for it.
     *
     * @param length the length in bytes
     * @return the address
     * @throws CallFailedException if the system has no memory
     */
    public static long mapHugePages(long length) throws CallFailedException {
        long address = map(length, MAP_PRIVATE_ANONYMOUS, -1, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int ignored = (int) MADVISE.invokeExact(state, address, length, MADV_HUGEPAGE); // a hint
            return address;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Maps a part of an open file for reading and writing. The mapping is shared.
     *
     * @param descriptor the file
     * @param offset where the part begins
     * @param length the length in bytes
     * @return the address
     * @throws CallFailedException if the system refuses
     */
    public static long mapShared(int descriptor, long offset, long length)
            throws CallFailedException {
        return map(length, MAP_SHARED, descriptor, offset);
    }

    private static long map(long length, int flags, int descriptor, long offset)
            throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            long address =
                    (long) MMAP.invokeExact(
                            state, 0L, length, PROT_READ_WRITE, flags, descriptor, offset);
            if (address == MAP_FAILED) {
                throw new CallFailedException("mmap of " + length + " bytes",
                        (int) ERRNO.get(state, 0L));
            }
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
     * @param address the first address
     * @param length the length in bytes
     */
    public static void unmap(long address, long length) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) MUNMAP.invokeExact(arena.allocate(CALL_STATE), address, length);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Allocates memory with undefined content.
     *
     * @param alignment a power of two, 16 or more
     * @param size bytes, above 0
     * @return the address
     * @throws CallFailedException if the system has no memory
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
     * @param address the result of {@link #allocate(long, long)}
     */
    public static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Opens a file for reading and writing. Creates the file if it does not exist.
     *
     * @param path the bytes of its path
     * @return a descriptor for {@link #close}
     * @throws CallFailedException if the file cannot be opened
     */
    public static int open(byte[] path) throws CallFailedException {
        return open(path, O_RDWR_CREAT_CLOEXEC);
    }

    /**
     * Opens a file that exists for reading and writing.
     *
     * @param path the bytes of its path
     * @return a descriptor for {@link #close}
     * @throws CallFailedException if the file cannot be opened
     */
    public static int openExisting(byte[] path) throws CallFailedException {
        return open(path, O_RDWR_CLOEXEC);
    }

    private static int open(byte[] path, int flags) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment terminated = arena.allocate(path.length + 1L);
            terminated.copyFrom(MemorySegment.ofArray(path));
            int error;
            do {
                int descriptor = (int) OPEN.invokeExact(state, terminated, flags,
                        READ_AND_WRITE_BY_ALL);
                if (descriptor >= 0) {
                    return descriptor;
                }
                error = (int) ERRNO.get(state, 0L);
            } while (error == EINTR);
            throw new CallFailedException("open", error);
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Closes the file of a descriptor and gives the descriptor another file. A thread that uses the
     * descriptor meanwhile uses the first file or the second file.
     *
     * @param descriptor the descriptor that stays open
     * @param other the descriptor of the second file. The call closes it
     * @throws CallFailedException if the system has no free descriptor
     */
    public static void replace(int descriptor, int other) throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int replaced = (int) DUP3.invokeExact(state, other, descriptor, O_CLOEXEC);
            int error = (int) ERRNO.get(state, 0L);
            close(other);
            if (replaced < 0) {
                throw new CallFailedException("dup3", error);
            }
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /** The size of the memory in which {@link #write} keeps the error number. */
    public static final long CALL_STATE_BYTES = CALL_STATE.byteSize();

    /**
     * Returns the NUMA node of the processor that runs the calling thread. The call does not
     * allocate.
     *
     * @param callState {@link #CALL_STATE_BYTES} of native memory that no other call uses meanwhile
     * @param result four bytes of such memory
     * @return the node, or -1 if the system does not tell
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

    /**
     * Returns the NUMA node of the memory at an address. The call does not allocate.
     *
     * @param callState {@link #CALL_STATE_BYTES} of native memory that no other call uses meanwhile
     * @param result four bytes of such memory
     * @param address the address
     * @return the node, or -1 if the system does not tell
     */
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
     * Writes to a file. The call does not allocate.
     *
     * @param callState {@link #CALL_STATE_BYTES} of native memory that no other call uses meanwhile
     * @param descriptor an open file
     * @param memory the bytes to write
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

    /**
     * Closes a descriptor.
     *
     * @param descriptor the result of {@link #open}
     */
    public static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(arena.allocate(CALL_STATE), descriptor);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Returns the storage that a file occupies.
     *
     * @param descriptor an open file
     * @return the number of bytes, including storage beyond the end of the file
     * @throws CallFailedException if the system does not report it
     */
    public static long storageOf(int descriptor) throws CallFailedException {
        if (STATX == null) {
            throw new CallFailedException("statx", ENOSYS);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment status = arena.allocate(STATX_SIZE, Long.BYTES);
            if ((int) STATX.invokeExact(state, descriptor, arena.allocateFrom(""), AT_EMPTY_PATH,
                    STATX_BLOCKS, status) != 0) {
                throw new CallFailedException("statx", (int) ERRNO.get(state, 0L));
            }
            return status.get(JAVA_LONG, STX_BLOCKS) * BLOCK;
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Allocates storage for a range of a file, holes included. The call changes no byte of the
     * file.
     *
     * @param descriptor a file that is open for writing
     * @param offset the first byte of the range
     * @param length bytes, above 0
     * @param keepSize whether to keep the size of the file. If false, a shorter file grows to the
     *     end of the range
     * @throws CallFailedException if the file system has no space, or lacks this call
     */
    public static void fallocate(int descriptor, long offset, long length, boolean keepSize)
            throws CallFailedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int error;
            do {
                if ((int) FALLOCATE.invokeExact(state, descriptor,
                        keepSize ? FALLOC_FL_KEEP_SIZE : 0, offset, length) == 0) {
                    return;
                }
                error = (int) ERRNO.get(state, 0L);
            } while (error == EINTR);
            throw new CallFailedException("fallocate", error);
        } catch (CallFailedException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Returns the system's text for an error.
     *
     * @param error the error number
     * @return the text of strerror
     */
    public static String words(int error) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact(error);
            return text.reinterpret(1024).getString(0);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
