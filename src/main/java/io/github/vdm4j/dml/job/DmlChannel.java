package io.github.vdm4j.dml.job;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.machine.Processor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The channel through DML: makes jobs and owns their memory. The pool of the jobs guards it. */
public final class DmlChannel implements Channel {
    private static final long ALIGNMENT = 64;

    /** The header has no name for this bit of the descriptor; miniasync's own is wrong (H8). */
    private static final int DESTINATION_READBACK = 1 << 14;

    /** What {@code dml_init_job} sets: the node that the submitting thread runs on. */
    private static final int AS_INITIALISED = -1;

    private final DmlFunctions dml;
    private final ChannelLimits limits;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> structs = new ArrayList<>();
    private final long hardwareSize;
    private final long softwareSize;

    /** What is left of a block for several jobs. */
    private long next;

    private long end;
    private final int node;
    private final Boolean clwb;
    private final IntFunction<VdmStatus> statuses;
    private long nativeBytes;

    /** Whether the structs of the next job are initialised already. */
    private boolean prepared;

    private MemorySegment nextHardware;
    private MemorySegment nextSoftware;

    /**
     * Asks DML for the size of a job, and has DML initialise the first job, which shows that it can.
     *
     * @param dml the library
     * @param jobs for how many jobs to reserve memory in one piece
     * @param hardware whether they can be submitted to hardware
     * @param software whether they can be submitted to the software path
     * @param limits how much one submission may move
     * @param node the NUMA node whose devices execute the jobs; -1 for that of the submitting thread
     * @param clwb whether the processor has that instruction; null to look when the first cache line
     *     is written back
     * @param statuses explains DML's statuses
     * @throws DmlCallException if DML cannot initialise a job
     */
    public DmlChannel(DmlFunctions dml, int jobs, boolean hardware, boolean software,
            ChannelLimits limits, int node, Boolean clwb, IntFunction<VdmStatus> statuses) {
        this.dml = dml;
        this.limits = limits;
        this.node = node;
        this.clwb = clwb;
        this.statuses = statuses;
        try {
            hardwareSize = hardware ? sizeOf(dml_h.DML_PATH_HW) : 0;
            softwareSize = software ? sizeOf(dml_h.DML_PATH_SW) : 0;
            reserve(jobs);
            prepare();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean hasDevice() {
        return hardwareSize > 0;
    }

    @Override
    public ExecutionPath software() {
        return softwareSize > 0 ? ExecutionPath.DML_SOFTWARE : ExecutionPath.NONE;
    }

    @Override
    public ChannelLimits limits() {
        return limits;
    }

    /** One call of the software path, where it cannot call back into Java. */
    @Override
    public long inlineBytes() {
        return hasDevice() || dml.callsBack() ? 0 : limits.softwareBytes();
    }

    @Override
    public int durableFlags() {
        return dml_h.DML_FLAG_DST1_DURABLE | DESTINATION_READBACK;
    }

    /**
     * Returns whether DML's write-back without eviction does anything. On a processor without clwb
     * it does not (H11).
     */
    boolean writesBackWithoutEviction() {
        return clwb != null ? clwb : Processor.hasClwb();
    }

    @Override
    public VdmStatus status(int status) {
        return statuses.apply(status);
    }

    @Override
    public String place(boolean device) {
        return device ? "HARDWARE" : "SOFTWARE";
    }

    @Override
    public String slotsName() {
        return "jobs";
    }

    /** The struct, what the library keeps behind it, and a CRC at the end. */
    private long sizeOf(int path) {
        return (dml.jobSize(path) + JobFields.CRC_BYTES + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Memory in one piece for the next jobs. */
    private void reserve(int jobs) {
        long bytes = jobs * (hardwareSize + softwareSize);
        next = allocate(bytes).address();
        end = next + bytes;
    }

    @Override
    public MemorySegment allocate(long bytes) {
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
    private void prepare() {
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

    @Override
    public Job makeSlot() {
        if (!prepared) {
            prepare();
        }
        Job job = new Job(dml, this, nextHardware, nextSoftware);
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
            dml_job_t.numa_id(struct, node);
        }
        return struct;
    }

    @Override
    public long nativeBytes() {
        return nativeBytes;
    }

    @Override
    public boolean isOpen() {
        return arena.scope().isAlive();
    }

    /** Finishes all jobs and frees the memory, once. */
    @Override
    public void close() {
        if (isOpen()) {
            structs.forEach(struct -> dml.finish(struct.address()));
            arena.close();
        }
    }
}
