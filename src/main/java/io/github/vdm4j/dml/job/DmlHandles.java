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
 * The method handles of DML's functions. Each handle takes the function's address as its first
 * argument. Therefore several libraries can be open in one JVM (docs/adr/0002).
 *
 * <p>Each handle has its own class, because the linker takes milliseconds to create a handle. An
 * unused handle costs nothing. The functions that open and close a mover use {@link
 * io.github.vdm4j.machine.PlainCall}.
 */
final class DmlHandles {
    private static final Linker LINKER = Linker.nativeLinker();

    private DmlHandles() {}

    private static MethodHandle handle(MemoryLayout... parameters) {
        return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /**
     * Returns a handle for a brief function. The thread stays in Java during the call. Therefore a
     * garbage collection waits for it.
     */
    private static MethodHandle briefHandle(MemoryLayout... parameters) {
        return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters),
                Linker.Option.critical(false));
    }

    /** {@code dml_status_t dml_check_job(dml_job_t *job)}. The function takes no lock. */
    static final class Check {
        static final MethodHandle HANDLE = briefHandle(JAVA_LONG);
    }

    /**
     * {@code dml_check_job} of a library that calls back into Java. Critical downcalls must not
     * call such a library.
     */
    static final class CheckCallingBack {
        static final MethodHandle HANDLE = handle(JAVA_LONG);
    }

    /**
     * {@code dml_status_t dml_submit_job(dml_job_t *job)} with surplus pointers. The JDK keeps the
     * arena of a pointer open during the call, and the software path copies during the call. The
     * System V convention for x86-64 allows surplus register arguments.
     */
    static final class Submit {
        static final MethodHandle HANDLE = handle(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);
    }

    /**
     * {@link Submit} for a brief copy or fill on the software path. A garbage collection waits no
     * longer than for a copy by the JVM.
     */
    static final class SubmitBriefly {
        static final MethodHandle HANDLE = briefHandle(JAVA_LONG, ADDRESS, ADDRESS);
    }

    /**
     * {@link Submit} for a batch. Its tasks can have segments of many arenas. Pointers without a
     * register are passed on the stack.
     */
    static final class SubmitMany {
        static final MethodHandle HANDLE =
                LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG)
                        .appendArgumentLayouts(
                                Collections.nCopies(HeldArenas.MOST, ADDRESS)
                                        .toArray(MemoryLayout[]::new)));
    }

    /**
     * {@code dml_status_t dml_get_batch_size(const dml_job_t *job, uint32_t task_count, uint32_t
     * *byte_size)} and {@code dml_status_t dml_batch_get_status(const dml_job_t *job, uint32_t
     * task_index, dml_status_t *status)}.
     *
     * <p>vdm4j does not call the functions that set the tasks of a batch. Each call costs as much
     * as half a job and writes only the 64 bytes of a descriptor. For some fields, DML has no
     * function. For example, {@code dml_batch_get_result} returns the status.
     */
    static final class Batches {
        static final MethodHandle JOB_NUMBER_AND_POINTER = handle(JAVA_LONG, JAVA_INT, ADDRESS);
    }
}
