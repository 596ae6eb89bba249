package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.dml.ffi.dml_library_version_t;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * The native functions of a {@link SimulatedDml}. Each method with the name of a function has an
 * upcall stub.
 */
final class SimulatedFunctions {
    private static final FunctionDescriptor ONE_POINTER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
    private static final FunctionDescriptor NUMBER_AND_POINTER =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
    private static final FunctionDescriptor POINTER_AND_NUMBER =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
    private static final FunctionDescriptor POINTER_NUMBER_AND_POINTER =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);

    /**
     * The stubs live as long as code can call them. An opened library may do that after close.
     */
    private final Arena arena = Arena.ofAuto();

    private final SimulatedDml dml;
    private final Map<String, MemorySegment> symbols = new HashMap<>();
    private final Map<Long, SimulatedJob> jobs = new ConcurrentHashMap<>();
    private final MemorySegment version = arena.allocate(dml_library_version_t.layout());

    SimulatedFunctions(SimulatedDml dml) {
        this.dml = dml;
        putText("Intel(R) DML, simulated", dml_library_version_t.name(version));
        putText("1.1.1", dml_library_version_t.version(version));
        dml_library_version_t.major(version, 1);
        dml_library_version_t.minor(version, 1);
        dml_library_version_t.patch(version, 1);
        define("dml_get_library_version", FunctionDescriptor.of(ADDRESS));
        define("dml_get_job_size", NUMBER_AND_POINTER);
        define("dml_init_job", NUMBER_AND_POINTER);
        define("dml_finalize_job", ONE_POINTER);
        define("dml_submit_job", ONE_POINTER);
        define("dml_check_job", ONE_POINTER);
        define("dml_wait_job", POINTER_AND_NUMBER);
        define("dml_execute_job", POINTER_AND_NUMBER);
        define("dml_get_batch_size", POINTER_NUMBER_AND_POINTER);
        define("dml_batch_get_status", POINTER_NUMBER_AND_POINTER);
    }

    private static void putText(String text, MemorySegment field) {
        field.setString(0, text);
    }

    private void define(String name, FunctionDescriptor descriptor) {
        try {
            var handle = MethodHandles.lookup().bind(this, name, descriptor.toMethodType());
            symbols.put(name, Linker.nativeLinker().upcallStub(handle, descriptor, arena));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }

    Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(symbols.get(name));
    }

    /** Returns every job that was initialised. Removing a job forgets it. */
    Collection<SimulatedJob> jobs() {
        return jobs.values();
    }

    private MemorySegment dml_get_library_version() {
        return version;
    }

    private int dml_get_job_size(int path, MemorySegment size) {
        return guarded(
                () -> {
                    size.reinterpret(Integer.BYTES).set(JAVA_INT, 0, SimulatedJob.SIZE);
                    return knownPath(path) == null ? dml_h.DML_STATUS_PATH_ERROR : DML_STATUS_OK;
                });
    }

    private int dml_init_job(int path, MemorySegment job) {
        return guarded(
                () -> {
                    DmlPath where = knownPath(path);
                    if (where == null) {
                        return dml_h.DML_STATUS_PATH_ERROR;
                    }
                    SimulatedJob old = jobs.get(job.address());
                    if (old != null && old.isLive()) {
                        dml.violated(Rule.INITIALISED_TWICE, old.toString());
                        return dml_h.DML_STATUS_INTERNAL_ERROR;
                    }
                    int status = dml.initialiseOne();
                    if (status == DML_STATUS_OK) {
                        jobs.put(job.address(), new SimulatedJob(dml, job.address(), where));
                    }
                    return status;
                });
    }

    private int dml_finalize_job(MemorySegment job) {
        return guarded(() -> withJob("dml_finalize_job", job, SimulatedJob::finish));
    }

    private int dml_submit_job(MemorySegment job) {
        return guarded(() -> withJob("dml_submit_job", job, SimulatedJob::submit));
    }

    private int dml_check_job(MemorySegment job) {
        return guarded(
                () -> {
                    dml.countCheck();
                    return withJob("dml_check_job", job, found -> found.check("dml_check_job"));
                });
    }

    private int dml_wait_job(MemorySegment job, int mode) {
        return guarded(() -> withJob("dml_wait_job", job, SimulatedFunctions::waitFor));
    }

    private int dml_execute_job(MemorySegment job, int mode) {
        return guarded(
                () -> withJob(
                        "dml_execute_job",
                        job,
                        found -> {
                            int status = found.submit();
                            return status == DML_STATUS_OK ? waitFor(found) : status;
                        }));
    }

    private int dml_get_batch_size(MemorySegment job, int tasks, MemorySegment size) {
        return guarded(
                () -> {
                    if (Integer.compareUnsigned(tasks, SimulatedBatch.LEAST_TASKS) < 0) {
                        return dml_h.DML_STATUS_BATCH_SIZE_ERROR;
                    }
                    long bytes = SimulatedBatch.TASK_BYTES * tasks + SimulatedBatch.ALIGNMENT;
                    size.reinterpret(Integer.BYTES).set(JAVA_INT, 0, (int) bytes);
                    return DML_STATUS_OK;
                });
    }

    private int dml_batch_get_status(MemorySegment job, int task, MemorySegment status) {
        return guarded(
                () -> {
                    MemorySegment struct = job.reinterpret(dml_job_t.sizeof());
                    long length = Integer.toUnsignedLong(dml_job_t.destination_length(struct));
                    if (Integer.toUnsignedLong(task) >= length / SimulatedBatch.TASK_BYTES) {
                        return dml_h.DML_STATUS_BATCH_TASK_INDEX_OVERFLOW;
                    }
                    long buffer = dml_job_t.destination_first_ptr(struct).address();
                    status.reinterpret(Integer.BYTES)
                            .set(JAVA_INT, 0, SimulatedBatch.statusOf(buffer, length, task));
                    return DML_STATUS_OK;
                });
    }

    /**
     * Waits for a job. For a job without a submission the real library waits for ever or crashes,
     * and the simulation records a violation.
     */
    private static int waitFor(SimulatedJob job) {
        int status = job.check("dml_wait_job");
        while (status == DML_STATUS_BEING_PROCESSED && job.isInFlight()) {
            Thread.onSpinWait();
            status = job.check("dml_wait_job");
        }
        return status;
    }

    private int guarded(IntSupplier body) {
        try {
            return body.getAsInt();
        } catch (Throwable e) {
            dml.violated(Rule.SIMULATOR_FAILED, e.toString());
            return dml_h.DML_STATUS_INTERNAL_ERROR;
        }
    }

    private DmlPath knownPath(int path) {
        if (path == dml_h.DML_PATH_HW) {
            return DmlPath.HARDWARE;
        }
        if (path == dml_h.DML_PATH_SW) {
            return DmlPath.SOFTWARE;
        }
        if (path == dml_h.DML_PATH_AUTO) {
            return DmlPath.AUTO;
        }
        dml.violated(Rule.UNKNOWN_PATH, "path " + path);
        return null;
    }

    private int withJob(String function, MemorySegment address,
            Function<SimulatedJob, Integer> body) {
        SimulatedJob job = jobs.get(address.address());
        if (job != null) {
            return body.apply(job);
        }
        // A copy of a job still points to the original's internals.
        MemorySegment struct = address.reinterpret(dml_job_t.sizeof());
        boolean moved = address.address() != 0
                && jobs.values()
                        .stream()
                        .anyMatch(other -> other.owns(SimulatedJob.internalIn(struct)));
        dml.violated(
                moved ? Rule.MOVED : Rule.NEVER_INITIALISED,
                "job 0x%x: %s".formatted(address.address(), function));
        return dml_h.DML_STATUS_JOB_CORRUPTED;
    }
}
