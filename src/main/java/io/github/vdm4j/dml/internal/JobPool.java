package io.github.vdm4j.dml.internal;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A fixed number of jobs, lent out and given back in any order by any thread without locks. The jobs
 * are initialised when the pool is made and never again.
 *
 * <p>A job's native memory is alive for as long as the job is lent: {@link #tryClose} frees the memory
 * only when it has itself taken every job, and never gives them back. So a holder may pass a job's
 * address to the library without a check.
 */
public final class JobPool {
    private static final long ALIGNMENT = 64;
    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Job.class, "taken", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DmlFunctions dml;
    private final Arena arena = Arena.ofShared();
    private final Job[] jobs;
    private final MemorySegment[] structs;

    /** Guarded by this. */
    private long nativeBytes;

    /** How many jobs the closing thread has taken; they are the first ones. Guarded by this. */
    private int retired;

    /**
     * Makes the jobs.
     *
     * @param dml the library
     * @param capacity how many
     * @param hardware whether they can be submitted to hardware
     * @param software whether they can be submitted to the software path
     * @param limits how much one submission may move
     * @throws DmlCallException if DML cannot initialise them
     */
    public JobPool(
            DmlFunctions dml, int capacity, boolean hardware, boolean software, JobLimits limits) {
        this.dml = dml;
        int variants = (hardware ? 1 : 0) + (software ? 1 : 0);
        jobs = new Job[capacity];
        structs = new MemorySegment[capacity * variants];
        try {
            long hardwareSize = hardware ? sizeOf(dml_h.DML_PATH_HW()) : 0;
            long softwareSize = software ? sizeOf(dml_h.DML_PATH_SW()) : 0;
            nativeBytes = capacity * (hardwareSize + softwareSize);
            long next = arena.allocate(nativeBytes, ALIGNMENT).address();
            int made = 0;
            for (int i = 0; i < capacity; i++) {
                MemorySegment onHardware = null;
                MemorySegment onSoftware = null;
                if (hardware) {
                    onHardware = make(dml_h.DML_PATH_HW(), next, hardwareSize);
                    structs[made++] = onHardware;
                    next += hardwareSize;
                }
                if (software) {
                    onSoftware = make(dml_h.DML_PATH_SW(), next, softwareSize);
                    structs[made++] = onSoftware;
                    next += softwareSize;
                }
                jobs[i] = new Job(dml, this, onHardware, onSoftware, limits);
            }
        } catch (Throwable e) {
            finishAll();
            arena.close();
            throw e;
        }
    }

    /** The struct, what the library keeps behind it, and a CRC at the end. */
    private long sizeOf(int path) {
        return (dml.jobSize(path) + JobFields.CRC_BYTES + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** More memory for a job that is lent. */
    synchronized MemorySegment allocate(long bytes) {
        MemorySegment memory = arena.allocate(bytes, ALIGNMENT);
        nativeBytes += memory.byteSize();
        return memory;
    }

    /** Without the arena's scope: this class keeps the memory alive, see above. */
    private MemorySegment make(int path, long address, long size) {
        MemorySegment struct = MemorySegment.ofAddress(address).reinterpret(size);
        dml.initialise(path, struct);
        return struct;
    }

    /**
     * Has every job submitted to the devices of one NUMA node. To be called before the first is taken.
     *
     * @param numaNode the node; -1 for that of the submitting thread, as DML initialises it
     */
    public void bindTo(int numaNode) {
        for (MemorySegment struct : structs) {
            dml_job_t.numa_id(struct, numaNode);
        }
    }

    /**
     * Takes a job. Threads begin to look at different places, so that they seldom meet.
     *
     * @return a job with nothing submitted, or null if all are lent or the pool is closed
     */
    public Job take() {
        int count = jobs.length;
        long hash = Thread.currentThread().threadId() * 0x9E3779B9L & 0xffffffffL;
        int start = (int) (hash * count >>> 32); // a multiplication scales it; a division would cost a job's share
        for (int i = 0; i < count; i++) {
            int place = start + i;
            Job job = jobs[place < count ? place : place - count];
            if (job.taken == 0 && TAKEN.compareAndSet(job, 0, 1)) {
                return job;
            }
        }
        return null;
    }

    /**
     * Gives a job back.
     *
     * @param job one that was taken, with nothing in flight, and {@linkplain Job#reset() reset} if more was
     *     done with it than a submission
     */
    public void give(Job job) {
        if (job.isSubmitted()) {
            throw new IllegalStateException("a job in flight cannot be given back");
        }
        job.uses++;
        TAKEN.setRelease(job, 0);
    }

    /**
     * The job at a place, lent or free, for a look at its {@linkplain Job#owner() owner}.
     *
     * @param place 0 to {@link #capacity()} - 1
     * @return the job
     */
    public Job peek(int place) {
        return jobs[place];
    }

    /**
     * How many jobs there are.
     *
     * @return the number the pool was made with
     */
    public int capacity() {
        return jobs.length;
    }

    /**
     * How many jobs are lent right now; 0 once the pool is closed.
     *
     * @return a number that may be outdated at once
     */
    public synchronized int lent() {
        int lent = 0;
        for (int i = retired; i < jobs.length; i++) {
            lent += jobs[i].taken;
        }
        return lent;
    }

    /**
     * The native memory that the jobs and their batches take up.
     *
     * @return bytes, 0 once the pool is closed
     */
    public synchronized long nativeBytes() {
        return retired == jobs.length ? 0 : nativeBytes;
    }

    /**
     * Takes out of use what is not lent, and frees the memory once that is everything.
     *
     * @return true if the pool is closed; false if jobs are still lent, to be called again then
     */
    public synchronized boolean tryClose() {
        while (retired < jobs.length) {
            if (!TAKEN.compareAndSet(jobs[retired], 0, 1)) {
                return false;
            }
            retired++;
        }
        if (arena.scope().isAlive()) {
            finishAll();
            arena.close();
        }
        return true;
    }

    private void finishAll() {
        for (MemorySegment struct : structs) {
            if (struct != null) { // null where making the pool failed half-way
                dml.finish(struct.address());
            }
        }
    }
}
