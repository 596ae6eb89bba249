package io.github.vdm4j.benchmarks.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The lower bound for Java. Bare downcalls write and submit a single job after its initialisation.
 * The class checks nothing and keeps no segment open. A mistake in its use ends the process.
 */
public final class BareJob {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SUBMIT =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle CHECK =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG),
                    Linker.Option.critical(false));
    private static final MethodHandle PATH_AND_POINTER =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private final MemorySegment submit;
    private final MemorySegment check;
    private final MemorySegment job;

    /**
     * Creates a job of the software path.
     *
     * @param library the name or path of DML
     */
    public BareJob(String library) {
        Arena arena = Arena.global();
        SymbolLookup symbols = library.contains("/")
                ? SymbolLookup.libraryLookup(java.nio.file.Path.of(library), arena)
                : SymbolLookup.libraryLookup(library, arena);
        submit = symbols.find("dml_submit_job").orElseThrow();
        check = symbols.find("dml_check_job").orElseThrow();
        try {
            MemorySegment size = arena.allocate(JAVA_INT);
            require((int) PATH_AND_POINTER.invokeExact(
                    symbols.find("dml_get_job_size").orElseThrow(),
                    dml_h.DML_PATH_SW, size));
            job = arena.allocate(size.get(JAVA_INT, 0), 64);
            require((int) PATH_AND_POINTER.invokeExact(symbols.find("dml_init_job").orElseThrow(),
                    dml_h.DML_PATH_SW,
                    job));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void require(int status) {
        if (status != 0) {
            throw new IllegalStateException("DML ended with status " + status);
        }
    }

    /**
     * Copies once.
     *
     * @param destination the range to write
     * @param source the range to read
     */
    public void copy(MemorySegment destination, MemorySegment source) throws Throwable {
        int length = (int) source.byteSize();
        job.set(JAVA_INT, dml_job_t.operation$offset(), dml_h.DML_OP_MEM_MOVE);
        job.set(JAVA_LONG, dml_job_t.flags$offset(), dml_h.DML_FLAG_PREFETCH_CACHE);
        job.set(JAVA_LONG, dml_job_t.source_first_ptr$offset(), source.address());
        job.set(JAVA_INT, dml_job_t.source_length$offset(), length);
        job.set(JAVA_LONG, dml_job_t.destination_first_ptr$offset(), destination.address());
        job.set(JAVA_INT, dml_job_t.destination_length$offset(), length);
        require((int) SUBMIT.invokeExact(submit, job.address()));
        int status;
        do {
            status = (int) CHECK.invokeExact(check, job.address());
        } while (status == dml_h.DML_STATUS_BEING_PROCESSED);
        require(status);
    }
}
