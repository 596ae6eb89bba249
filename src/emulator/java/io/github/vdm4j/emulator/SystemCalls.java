package io.github.vdm4j.emulator;

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

/** The system calls of the emulator. Each returns its result, or the negative error number. */
final class SystemCalls {
    static final int EINTR = 4;
    static final int O_RDWR_CLOEXEC = 0x80002;
    static final int MS_NOSUID_NODEV = 6;

    private static final int MNT_DETACH = 2;
    private static final int VECTOR = 16; // sizeof(struct iovec)
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

    // int open(const char *path, int flags)
    private static final MethodHandle OPEN = bind("open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    // int close(int fd)
    private static final MethodHandle CLOSE =
            bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    // ssize_t read(int fd, void *buffer, size_t size)
    private static final MethodHandle READ =
            bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    // ssize_t write(int fd, const void *buffer, size_t size)
    private static final MethodHandle WRITE =
            bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    // int mount(const char *source, const char *target, const char *type, unsigned long flags,
    //           const void *data)
    private static final MethodHandle MOUNT = bind("mount",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    // int umount2(const char *target, int flags)
    private static final MethodHandle UMOUNT2 =
            bind("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    // ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long locals,
    //                          const struct iovec *remote, unsigned long remotes,
    //                          unsigned long flags)
    private static final MethodHandle PROCESS_VM_READV = bind("process_vm_readv", vmDescriptor());
    // ssize_t process_vm_writev has the same parameters.
    private static final MethodHandle PROCESS_VM_WRITEV = bind("process_vm_writev", vmDescriptor());
    // char *strerror(int errno)
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(LINKER.defaultLookup().find("strerror").orElseThrow(),
                    FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private SystemCalls() {}

    private static FunctionDescriptor vmDescriptor() {
        return FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                JAVA_LONG);
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor,
            Linker.Option... options) {
        Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor,
                all);
    }

    /** A call that stores the error number in a segment. */
    private interface Call {
        long invoke(MemorySegment state) throws Throwable;
    }

    private static long result(Call call) {
        MemorySegment state = STATE.get();
        try {
            long returned = call.invoke(state);
            return returned >= 0 ? returned : -(int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static IllegalStateException unexpected(Throwable thrown) {
        return new IllegalStateException("a call of the C library threw", thrown);
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return (int) result(state -> (int) OPEN.invokeExact(state, name, flags));
        }
    }

    static int close(int descriptor) {
        return (int) result(state -> (int) CLOSE.invokeExact(state, descriptor));
    }

    static long read(int descriptor, MemorySegment buffer) {
        return result(state -> (long) READ.invokeExact(state, descriptor, buffer,
                buffer.byteSize()));
    }

    static long write(int descriptor, MemorySegment buffer) {
        return result(state -> (long) WRITE.invokeExact(state, descriptor, buffer,
                buffer.byteSize()));
    }

    static int mount(String source, String target, String type, long flags, String data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(source);
            MemorySegment folder = arena.allocateFrom(target);
            MemorySegment kind = arena.allocateFrom(type);
            MemorySegment options = arena.allocateFrom(data);
            return (int) result(state -> (int) MOUNT.invokeExact(state, from, folder, kind, flags,
                    options));
        }
    }

    /** Detaches a file system, even if files in it are open. */
    static int unmount(String target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment folder = arena.allocateFrom(target);
            return (int) result(state -> (int) UMOUNT2.invokeExact(state, folder, MNT_DETACH));
        }
    }

    /** Returns an array of struct iovec. Each element is an address and a length. */
    static MemorySegment vectors(Arena arena, int count) {
        return arena.allocate((long) count * VECTOR, Long.BYTES);
    }

    static void setVector(MemorySegment vectors, int index, long address, long length) {
        vectors.set(JAVA_LONG, (long) index * VECTOR, address);
        vectors.set(JAVA_LONG, (long) index * VECTOR + Long.BYTES, length);
    }

    static long readMemory(int process, MemorySegment local, MemorySegment remote) {
        return accessMemory(PROCESS_VM_READV, process, local, remote);
    }

    static long writeMemory(int process, MemorySegment local, MemorySegment remote) {
        return accessMemory(PROCESS_VM_WRITEV, process, local, remote);
    }

    private static long accessMemory(MethodHandle call, int process, MemorySegment local,
            MemorySegment remote) {
        return result(state -> (long) call.invokeExact(state, process, local,
                local.byteSize() / VECTOR, remote, remote.byteSize() / VECTOR, 0L));
    }

    /** Returns an exception for a failed call, with its error number and the system's words. */
    static IOException failure(String call, long result) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact((int) -result);
            return new IOException("%s failed with errno %d (%s)".formatted(call, -result,
                    text.reinterpret(1024).getString(0)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}
