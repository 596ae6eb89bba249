package io.github.vdm4j.dml.job;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.machine.NumaNodes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The channel to DML. It creates jobs and owns their memory. The lock of the slot pool guards the
 * channel.
 */
public final class DmlChannel extends Channel {
    /**
     * A bit of the descriptor without a name in DML's header. The name in miniasync has the wrong
     * value (H8).
     */
    private static final int DESTINATION_READBACK = 1 << 14;

    private final DmlFunctions dml;
    private final List<MemorySegment> structs = new ArrayList<>();
    private final long hardwareSize;
    private final long softwareSize;

    /** The first unused address of a block for several jobs. */
    private long next;

    private long end;
    private final int node;
    /**
     * Whether DML writes lines back without eviction. On a processor without clwb, this request has
     * no effect (H11).
     */
    final boolean clwb;
    private final IntFunction<VdmStatus> statuses;

    /** The initialised structs of the next job for both paths, or null. */
    private MemorySegment[] prepared;

    /**
     * Creates a channel and initialises its first job. This shows that DML can initialise jobs.
     *
     * @param jobs the number of jobs to reserve memory for
     * @param hardware whether the channel submits jobs to hardware
     * @param software whether the channel submits jobs to the software path
     * @param node the NUMA node whose devices execute the jobs, or {@link NumaNodes#ANY}
     * @param clwb whether the processor has the instruction clwb
     * @throws SlotRefusedException if DML cannot initialise a job
     */
    public DmlChannel(DmlFunctions dml, int jobs, boolean hardware, boolean software,
            ChannelLimits limits, int node, boolean clwb, IntFunction<VdmStatus> statuses) {
        super(hardware, software ? ExecutionPath.DML_SOFTWARE : ExecutionPath.NONE, limits);
        this.dml = dml;
        this.node = node;
        this.clwb = clwb;
        this.statuses = statuses;
        try {
            hardwareSize = hardware ? sizeOf(dml_h.DML_PATH_HW) : 0;
            softwareSize = software ? sizeOf(dml_h.DML_PATH_SW) : 0;
            reserve(jobs);
            prepared = prepare();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /**
     * Returns the limit of one call of the software path. A library that calls back into Java has
     * no inline calls.
     */
    @Override
    public long inlineBytes() {
        return hasDevice() || dml.callsBack() ? 0 : limits().softwareBytes();
    }

    @Override
    public int durableFlags() {
        return dml_h.DML_FLAG_DST1_DURABLE | DESTINATION_READBACK;
    }

    @Override
    public VdmStatus status(int status) {
        return statuses.apply(status);
    }

    @Override
    public String place(boolean device) {
        return device ? "HARDWARE" : "SOFTWARE";
    }

    /**
     * Returns the size of the struct, of the library's memory behind it, and of a CRC at the end.
     */
    private long sizeOf(int path) {
        return (dml.jobSize(path) + Job.CRC_BYTES + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private void reserve(int jobs) {
        long bytes = jobs * (hardwareSize + softwareSize);
        next = allocate(bytes).address();
        end = next + bytes;
    }

    /**
     * Initialises the structs of the next job. The method does not create the job itself, because
     * its classes take a new JVM milliseconds to load.
     *
     * @throws SlotRefusedException if DML cannot initialise the structs
     */
    private MemorySegment[] prepare() {
        if (next == end) {
            reserve(1);
        }
        try {
            return new MemorySegment[]{struct(dml_h.DML_PATH_HW, hardwareSize),
                struct(dml_h.DML_PATH_SW, softwareSize)};
        } catch (Throwable e) {
            next = end; // the rest of the block may be too small for a job
            throw e;
        }
    }

    @Override
    protected Job makeSlot() {
        prepared = prepared != null ? prepared : prepare();
        Job job = new Job(dml, this, prepared[0], prepared[1]);
        prepared = null;
        return job;
    }

    /**
     * Returns an initialised struct without the arena's scope, or null for a path that the channel
     * does not use. The pool keeps the memory alive while the job is lent.
     */
    private MemorySegment struct(int path, long size) {
        if (size == 0) {
            return null;
        }
        MemorySegment struct = MemorySegment.ofAddress(next).reinterpret(size);
        next += size;
        dml.initialise(path, struct);
        structs.add(struct);
        if (node != NumaNodes.ANY) {
            dml_job_t.numa_id(struct, node);
        }
        return struct;
    }

    @Override
    protected void release() {
        for (int i = 0; i < structs.size(); i++) { // A lambda would allocate in a full heap.
            dml.finish(structs.get(i).address());
        }
    }
}
