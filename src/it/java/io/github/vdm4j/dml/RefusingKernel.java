package io.github.vdm4j.dml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A seccomp filter that imitates a kernel before 5.14, or a container that refuses calls. Only a
 * separate JVM may install the filter, because no process can remove it.
 */
final class RefusingKernel {
    private static final int MADVISE = 28;
    private static final int[] READING_CALLS = {22 /* pipe */, 293 /* pipe2 */,
        310 /* process_vm_readv */, 311 /* process_vm_writev */};
    private static final int SECCOMP = 317;
    private static final int SET_MODE_FILTER = 1;
    private static final int ALL_THREADS = 1;
    private static final int SET_NO_NEW_PRIVILEGES = 38;

    // Instruction codes of a filter program in classic BPF.
    private static final int LOAD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int NUMBER = 0;
    private static final int THIRD_ARGUMENT = 32;
    private static final int ALLOW = 0x7fff0000;
    private static final int FAIL_WITH = 0x00050000;

    private final MemorySegment program;
    private int size;

    private RefusingKernel(Arena arena) {
        program = arena.allocate(8L * 32, 8);
    }

    /**
     * Refuses the advice to populate pages.
     *
     * @param error the kernel's error: 22 (EINVAL, before Linux 5.14), 1 (EPERM) or 38 (ENOSYS)
     * @param everything whether the filter refuses every call that asks for pages
     */
    static void refuse(int error, boolean everything) throws Throwable {
        int[] calls = everything ? READING_CALLS : new int[0];
        Linker linker = Linker.nativeLinker();
        // int prctl(int option, unsigned long, unsigned long, unsigned long, unsigned long)
        MethodHandle prctl = linker.downcallHandle(
                linker.defaultLookup().find("prctl").orElseThrow(),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        // long syscall(long number, unsigned operation, unsigned flags, struct sock_fprog *)
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS),
                Linker.Option.firstVariadicArg(1));
        try (Arena arena = Arena.ofConfined()) {
            var filter = new RefusingKernel(arena);
            int allow = 6 + calls.length;
            filter.add(LOAD, 0, 0, NUMBER);
            filter.add(JUMP_IF_EQUAL, 0, 4, MADVISE);
            filter.add(LOAD, 0, 0, THIRD_ARGUMENT);
            filter.add(JUMP_IF_EQUAL, 1, 0, 22); // MADV_POPULATE_READ
            filter.add(JUMP_IF_EQUAL, 0, allow - 5, 23); // MADV_POPULATE_WRITE
            filter.add(RETURN, 0, 0, FAIL_WITH | error);
            for (int call : calls) {
                filter.add(JUMP_IF_EQUAL, allow - filter.size, 0, call);
            }
            filter.add(RETURN, 0, 0, ALLOW);
            filter.add(RETURN, 0, 0, FAIL_WITH | error);
            MemorySegment head = arena.allocate(16, 8);
            head.set(JAVA_SHORT, 0, (short) filter.size);
            head.set(ADDRESS, 8, filter.program);
            if ((int) prctl.invokeExact(SET_NO_NEW_PRIVILEGES, 1L, 0L, 0L, 0L) != 0
                    || (long) syscall.invokeExact((long) SECCOMP, (long) SET_MODE_FILTER,
                            (long) ALL_THREADS, head) != 0) {
                throw new IllegalStateException("the kernel takes no filter");
            }
        }
    }

    private void add(int code, int ifTrue, int ifFalse, int value) {
        program.setAtIndex(JAVA_LONG, size++,
                code | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) value << 32);
    }
}
