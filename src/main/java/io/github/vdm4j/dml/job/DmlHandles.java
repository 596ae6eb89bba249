package io.github.vdm4j.dml.job;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.engine.channel.HeldArenas;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * How DML's functions are called. Every handle is a constant that takes the function's address as
 * its first argument, so that several libraries can be open in one JVM (docs/adr/0002). Those that
 * are not called together are in classes of their own: the linker makes the code of a call when its
 * class is first used, which takes milliseconds. What a mover is opened and closed with goes by
 * {@link io.github.vdm4j.machine.PlainCall}.
 */
final class DmlHandles {
    private static final Linker LINKER = Linker.nativeLinker();

    private DmlHandles() {}

    private static MethodHandle handle(MemoryLayout... parameters) {
        return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /**
     * The thread stays in Java, for functions that return in no time. A garbage collection has to
     * wait for them.
     */
    private static MethodHandle briefHandle(MemoryLayout... parameters) {
        return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters),
                Linker.Option.critical(false));
    }

    /** {@code dml_status_t dml_check_job(dml_job_t *job)}, which takes no lock. */
    static final class Check {
        static final MethodHandle HANDLE = briefHandle(JAVA_LONG);

        private Check() {}
    }

    /** The same for a library that calls back into Java, which must not be called briefly. */
    static final class CheckCallingBack {
        static final MethodHandle HANDLE = handle(JAVA_LONG);

        private CheckCallingBack() {}
    }

    /**
     * {@code dml_status_t dml_submit_job(dml_job_t *job)}, with surplus pointers. The arena of an
     * argument cannot be closed during the call, so it stays open while the software path copies.
     * The System V convention for x86-64 allows surplus register arguments.
     */
    static final class SubmitOne {
        static final MethodHandle HANDLE = handle(JAVA_LONG, ADDRESS);

        private SubmitOne() {}
    }

    /** The same for an operation on two segments. */
    static final class SubmitTwo {
        static final MethodHandle HANDLE = handle(JAVA_LONG, ADDRESS, ADDRESS);

        private SubmitTwo() {}
    }

    /**
     * With one segment, for a job that the software path has executed in no time, so that a garbage
     * collection waits no longer than for a copy by the JVM.
     */
    static final class SubmitOneBriefly {
        static final MethodHandle HANDLE = briefHandle(JAVA_LONG, ADDRESS);

        private SubmitOneBriefly() {}
    }

    /** The same for an operation on two segments. */
    static final class SubmitTwoBriefly {
        static final MethodHandle HANDLE = briefHandle(JAVA_LONG, ADDRESS, ADDRESS);

        private SubmitTwoBriefly() {}
    }

    /** {@link SubmitOne} for an operation on three segments. */
    static final class SubmitThree {
        static final MethodHandle HANDLE = handle(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);

        private SubmitThree() {}
    }

    /**
     * The same for a batch, whose tasks may have segments of many arenas: pointers without a
     * register go on the stack.
     */
    static final class SubmitMany {
        static final MethodHandle HANDLE =
                LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG)
                        .appendArgumentLayouts(
                                Collections.nCopies(HeldArenas.MOST, ADDRESS)
                                        .toArray(MemoryLayout[]::new)));

        private SubmitMany() {}
    }

    /**
     * {@code dml_status_t dml_get_batch_size(const dml_job_t *job, uint32_t task_count, uint32_t
     * *byte_size)} and {@code dml_status_t dml_batch_get_status(const dml_job_t *job, uint32_t
     * task_index, dml_status_t *status)}.
     *
     * <p>The functions that set the tasks of a batch are not called: each costs as much as half a
     * job, and writes no more than the 64 bytes of a descriptor. For what they leave out there is
     * no function at all: {@code dml_batch_get_result} returns the status.
     */
    static final class Batches {
        static final MethodHandle JOB_NUMBER_AND_POINTER = handle(JAVA_LONG, JAVA_INT, ADDRESS);

        private Batches() {}
    }
}
