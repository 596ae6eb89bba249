package io.github.vdm4j.dml.job;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.dml.ffi.dml_library_version_t;
import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.HeldArenas;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.machine.NativeCall;
import io.github.vdm4j.machine.PlainCall;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.machine.UpperHalves;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Optional;

/**
 * The functions of one opened DML, called by their addresses (docs/adr/0002).
 *
 * <p>A job is a plain address. The caller guarantees that the job is initialised and its memory is
 * alive. See {@link DmlChannel}.
 */
public final class DmlFunctions {
    private static final int BATCH_ALIGNMENT = 64;
    private static final int LEAST_TASKS = 4;

    /**
     * The largest operation that stays in Java, in bytes. It takes about a microsecond. A garbage
     * collection can wait for that.
     */
    private static final int BRIEF_BYTES = 16 << 10;

    private final MemorySegment getJobSize;
    private final MemorySegment initJob;
    private final MemorySegment finalizeJob;
    private final MemorySegment submitJob;
    private final MemorySegment checkJob;
    private final MemorySegment getLibraryVersion;
    private final MemorySegment getBatchSize;
    private final MemorySegment getBatchStatus;
    private final boolean callsBack;

    /**
     * 1 if the library has the known layout of batches, -1 if it has another layout, 0 before the
     * check.
     */
    private int batchesKnown;

    /** Padding that keeps the next object off this object's cache lines. */
    @SuppressWarnings("unused") private Object a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, k0, l0, m0,
            n0, o0, p0,
            a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1;

    /**
     * Finds the functions of the library.
     *
     * @param symbols the opened library. It is never closed
     * @param callsBack whether the library calls back into Java, like the simulated library of the
     *     tests. Critical downcalls must not call such a library
     * @throws UnsatisfiedLinkError if a function is missing, because the library is not DML or is
     *     too old
     */
    public DmlFunctions(SymbolLookup symbols, boolean callsBack) {
        this.callsBack = callsBack;
        getJobSize = find(symbols, "dml_get_job_size");
        initJob = find(symbols, "dml_init_job");
        finalizeJob = find(symbols, "dml_finalize_job");
        submitJob = find(symbols, "dml_submit_job");
        checkJob = find(symbols, "dml_check_job");
        getLibraryVersion = find(symbols, "dml_get_library_version");
        getBatchSize = find(symbols, "dml_get_batch_size");
        getBatchStatus = find(symbols, "dml_batch_get_status");
    }

    private static MemorySegment find(SymbolLookup symbols, String name) {
        Optional<MemorySegment> found = symbols.find(name);
        if (found.isEmpty()) {
            throw new UnsatisfiedLinkError(
                    "has no symbol " + name + ": not a libdml with the job API");
        }
        return found.get();
    }

    int jobSize(int path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_INT);
            check("dml_get_job_size",
                    (int) PlainCall.call(getJobSize, path, size.address()));
            // avoids the creation of a handle
            return size.asByteBuffer().order(ByteOrder.nativeOrder()).getInt();
        }
    }

    void initialise(int path, MemorySegment job) {
        try {
            check("dml_init_job",
                    (int) PlainCall.call(initJob, path, job.address()));
        } finally {
            Reference.reachabilityFence(job);
        }
    }

    private static void check(String function, int status) {
        if (status != 0) {
            throw new SlotRefusedException(function + " returned status " + status, status);
        }
    }

    void finish(long job) {
        PlainCall.call(finalizeJob, job, 0);
    }

    /**
     * Submits a job and keeps the arenas of three segments open during the call.
     *
     * @throws SegmentClosedException if the arena of a segment is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    int submit(long job, MemorySegment first, MemorySegment second, MemorySegment third) {
        UpperHalves.clean();
        try {
            return (int) Submit.HANDLE.invokeExact(submitJob, job, first, second, third);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /**
     * Submits a job to the software path like {@link #submit(long, MemorySegment, MemorySegment,
     * MemorySegment)}. For a job that moves few bytes, the thread stays in Java.
     */
    int submit(long job, int length, MemorySegment first, MemorySegment second) {
        if (Integer.compareUnsigned(length, BRIEF_BYTES) > 0) {
            return submit(job, first, second, MemorySegment.NULL);
        }
        UpperHalves.clean();
        try {
            return (int) SubmitBriefly.HANDLE.invokeExact(submitJob, job, first, second);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** Submits a batch like {@link #submit(long, MemorySegment, MemorySegment, MemorySegment)}. */
    int submit(long job, HeldArenas held) {
        if (held.count() <= 3) {
            return submit(job, held.get(0), held.get(1), held.get(2));
        }
        UpperHalves.clean();
        try {
            return (int) SubmitMany.HANDLE.invokeExact(submitJob, job,
                    held.get(0), held.get(1), held.get(2), held.get(3),
                    held.get(4), held.get(5), held.get(6), held.get(7),
                    held.get(8), held.get(9), held.get(10), held.get(11),
                    held.get(12), held.get(13), held.get(14), held.get(15));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static RuntimeException failure(Throwable thrown) {
        if (thrown instanceof IllegalStateException closed) {
            throw new SegmentClosedException(closed);
        }
        throw NativeCall.rethrow(thrown);
    }

    /**
     * Returns whether the library uses the known layout of batches. It consists of a descriptor and
     * a completion record for each task, and space to align the buffer. Only with this layout can
     * vdm4j write descriptors without the library. The job is initialised.
     */
    boolean knowsBatches(long job) {
        if (batchesKnown == 0) {
            batchesKnown = isBatchSize(job, LEAST_TASKS) && isBatchSize(job, LEAST_TASKS + 1)
                    ? 1
                    : -1;
        }
        return batchesKnown > 0;
    }

    private boolean isBatchSize(long job, int tasks) {
        try {
            return askAboutBatch("dml_get_batch_size", getBatchSize, job,
                    tasks) == tasks * Descriptor.TASK_BYTES + BATCH_ALIGNMENT;
        } catch (SlotRefusedException e) {
            return false;
        }
    }

    /**
     * Returns DML's status of a task of a batch. For a task that did not run, DML returns the
     * earlier content of the completion record. For a record of zeros, DML returns an internal
     * error. The fields of the job are unchanged since the batch.
     *
     * @throws SlotRefusedException if the batch has no such task
     */
    int batchStatus(long job, int task) {
        return askAboutBatch("dml_batch_get_status", getBatchStatus, job, task);
    }

    /**
     * Calls a function with a job, a number and a pointer to an int.
     *
     * <p>vdm4j does not call the functions that set the tasks of a batch. Each call costs as much
     * as half a job and writes only the 64 bytes of a descriptor. For some fields, DML has no
     * function. For example, {@code dml_batch_get_result} returns the status.
     */
    private static int askAboutBatch(String name, MemorySegment function, long job, int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_INT);
            check(name, (int) PlainCall.call(function, job, number, answer.address()));
            return answer.get(JAVA_INT, 0);
        }
    }

    boolean callsBack() {
        return callsBack;
    }

    /**
     * Checks a job after a submission that returned OK. A check of any other job crashes the
     * process (H1).
     */
    int check(long job) {
        try {
            return callsBack ? checkOnce(job) : (int) Check.HANDLE.invokeExact(checkJob, job);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    /**
     * Checks a job like {@link #check}. The call uses a shared handle, because a handle of its own
     * would delay the JVM's first operation.
     */
    int checkOnce(long job) {
        return (int) PlainCall.call(checkJob, job, 0);
    }

    /** Returns a struct {@code dml_library_version_t} in the library's memory. */
    public MemorySegment version() {
        return MemorySegment.ofAddress(PlainCall.call(getLibraryVersion, 0, 0))
                .reinterpret(dml_library_version_t.sizeof());
    }

    // Each handle has its own class, because the linker takes milliseconds to create a handle. An
    // unused handle costs nothing.

    private static MethodHandle handle(MemoryLayout... parameters) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /**
     * Returns a handle for a brief function. The thread stays in Java during the call. Therefore a
     * garbage collection waits for it.
     */
    private static MethodHandle briefHandle(MemoryLayout... parameters) {
        return Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters),
                        Linker.Option.critical(false));
    }

    /** {@code dml_status_t dml_check_job(dml_job_t *job)}. The function takes no lock. */
    static final class Check {
        static final MethodHandle HANDLE = briefHandle(JAVA_LONG);
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
                Linker.nativeLinker()
                        .downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG)
                                .appendArgumentLayouts(
                                        Collections.nCopies(HeldArenas.MOST, ADDRESS)
                                                .toArray(MemoryLayout[]::new)));
    }
}
