package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Makes the jobs of a {@link JobPool}, and has their memory. Guarded by the pool. */
final class JobFactory {
    private static final long ALIGNMENT = 64;

    /** What {@code dml_init_job} sets: the node that the submitting thread runs on. */
    private static final int AS_INITIALISED = -1;

    private final DmlFunctions dml;
    private final JobLimits limits;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> structs = new ArrayList<>();
    private final long hardwareSize;
    private final long softwareSize;

    /** What is left of a block for several jobs. */
    private long next;

    private long end;
    private int node = AS_INITIALISED;
    private long nativeBytes;

    /** Whether the structs of the next job are initialised already. */
    private boolean prepared;

    private MemorySegment nextHardware;
    private MemorySegment nextSoftware;

    /**
     * Asks DML for the size of a job.
     *
     * @throws DmlCallException if it does not tell
     */
    JobFactory(DmlFunctions dml, boolean hardware, boolean software, JobLimits limits) {
        this.dml = dml;
        this.limits = limits;
        try {
            hardwareSize = hardware ? sizeOf(dml_h.DML_PATH_HW) : 0;
            softwareSize = software ? sizeOf(dml_h.DML_PATH_SW) : 0;
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** The struct, what the library keeps behind it, and a CRC at the end. */
    private long sizeOf(int path) {
        return (dml.jobSize(path) + JobFields.CRC_BYTES + ALIGNMENT - 1) & -ALIGNMENT;
    }

    boolean callsBack() {
        return dml.callsBack();
    }

    /** Memory in one piece for the next jobs. */
    void reserve(int jobs) {
        long bytes = jobs * (hardwareSize + softwareSize);
        next = allocate(bytes).address();
        end = next + bytes;
    }

    MemorySegment allocate(long bytes) {
        MemorySegment memory = arena.allocate(bytes, ALIGNMENT);
        nativeBytes += bytes;
        return memory;
    }

    /**
     * Has DML initialise what the next job consists of, which shows that it does. The rest of a job
     * takes a JVM that has just started milliseconds to load.
     *
     * @throws DmlCallException if DML cannot initialise it
     */
    void prepare() {
        if (next == end) {
            reserve(1);
        }
        try {
            nextHardware = struct(dml_h.DML_PATH_HW, hardwareSize);
            nextSoftware = struct(dml_h.DML_PATH_SW, softwareSize);
            prepared = true;
        } catch (Throwable e) {
            next = end; // what is left may not be enough for a job
            throw e;
        }
    }

    /**
     * Makes a job.
     *
     * @throws DmlCallException if DML cannot initialise it
     */
    Job make(JobPool pool) {
        if (!prepared) {
            prepare();
        }
        Job job = new Job(dml, pool, nextHardware, nextSoftware, limits);
        prepared = false;
        return job;
    }

    /**
     * Without the arena's scope: the pool keeps the memory alive for as long as the job is lent.
     */
    private MemorySegment struct(int path, long size) {
        if (size == 0) {
            return null;
        }
        MemorySegment struct = MemorySegment.ofAddress(next).reinterpret(size);
        next += size;
        dml.initialise(path, struct);
        structs.add(struct);
        if (node != AS_INITIALISED) {
            bind(struct);
        }
        return struct;
    }

    /** Has every job submitted to the devices of one NUMA node. */
    void bindTo(int numaNode) {
        node = numaNode;
        structs.forEach(this::bind);
    }

    private void bind(MemorySegment struct) {
        dml_job_t.numa_id(struct, node);
    }

    long nativeBytes() {
        return nativeBytes;
    }

    boolean isOpen() {
        return arena.scope().isAlive();
    }

    /** Finishes all jobs and frees the memory, once. */
    void close() {
        if (isOpen()) {
            structs.forEach(struct -> dml.finish(struct.address()));
            arena.close();
        }
    }
}
