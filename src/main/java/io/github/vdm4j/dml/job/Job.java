package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.engine.channel.HeldArenas;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A DML job: initialised once, filled in and submitted any number of times. A job has a struct for
 * each path that the channel was made with.
 */
public final class Job extends Slot {
    /** The bytes of a task in a batch: a descriptor and a completion record. */
    static final int TASK = 96;

    /**
     * For a cache flush the bit of DML_FLAG_PREFETCH_CACHE chooses the instruction: with it clflush
     * or clflushopt, which every processor has (H11).
     */
    private static final int EVICT = dml_h.DML_FLAG_PREFETCH_CACHE;

    /**
     * The handles that write the fields. They are in a class of their own because they take
     * milliseconds to be made, and an opening does not need them.
     */
    private static final class Fields {
        /**
         * Handles of their own for the sake of their depth: every field is written at the bottom of
         * a chain of calls, and what lies deeper than the JIT inlines is called, field by field.
         * They ask for no alignment, as that is one check more for each.
         */
        static final VarHandle INTS =
                ValueLayout.JAVA_INT_UNALIGNED.varHandle().withInvokeExactBehavior();

        static final VarHandle LONGS =
                ValueLayout.JAVA_LONG_UNALIGNED.varHandle().withInvokeExactBehavior();

        static final long SOURCE = dml_job_t.source_first_ptr$OFFSET;
        static final long DESTINATION = dml_job_t.destination_first_ptr$OFFSET;

        /**
         * Both lengths are written as one long, the destination's in its upper half: x86-64 is
         * little-endian.
         */
        static final long LENGTHS = dml_job_t.source_length$OFFSET;

        static final long PATTERN = dml_job_t.pattern$OFFSET;
        static final long OPERATION = dml_job_t.operation$OFFSET;
        static final long FLAGS = dml_job_t.flags$OFFSET;

        /** All memory; the pool keeps the structs alive. */
        static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

        /**
         * Clears nothing of an address, as none has these bits; but the JIT can tell then that a
         * field lies within {@link #ALL}, which it would check for each otherwise.
         */
        static final long ADDRESS = Long.MAX_VALUE >> 1;

        private Fields() {}
    }

    private final DmlFunctions dml;
    private final DmlChannel channel;

    /** The structs initialised for each path, null where the channel has no such path. */
    private final MemorySegment hardware;

    private final MemorySegment software;

    private MemorySegment struct;

    /** Where the struct lies. */
    private long at;

    /** Whether a submission to the software path has been seen to execute the job. */
    private boolean executesInSubmit;

    Job(DmlFunctions dml, DmlChannel channel, MemorySegment hardware, MemorySegment software) {
        super(channel);
        this.dml = dml;
        this.channel = channel;
        this.hardware = hardware;
        this.software = software;
        pathChanged();
    }

    @Override
    protected void pathChanged() {
        struct = onDevice() ? hardware : software;
        at = struct.address();
    }

    @Override
    protected int send(Part part, MemorySegment first, MemorySegment second, MemorySegment third) {
        describe(part);
        MemorySegment one = first != null ? first : MemorySegment.NULL;
        if (isHeldBy(one, second)) {
            // Two of one arena are held by one; holding a shared arena costs an atomic operation
            // each way.
            return isHeldBy(one, third) ? dml.submit(at, one) : dml.submit(at, one, third);
        }
        return isHeldBy(one, third) || isHeldBy(second, third)
                ? dml.submit(at, one, second)
                : dml.submit(at, one, second, third);
    }

    private static boolean isHeldBy(MemorySegment held, MemorySegment segment) {
        return segment == null || segment.scope() == held.scope();
    }

    private void describe(Part part) {
        switch (part.opcode()) {
            case Opcode.MEM_MOVE -> describeMove(part);
            case Opcode.FILL -> describeFill(part);
            case Opcode.NOP -> describe(at & Fields.ADDRESS, Opcode.NOP, 0, 0, 0);
            case Opcode.CACHE_FLUSH ->
                describe(at & Fields.ADDRESS, Opcode.CACHE_FLUSH, part.destination(), part.bytes(),
                        onDevice() || channel.writesBackWithoutEviction() ? 0 : EVICT);
            default -> JobFields.describe(struct, part);
        }
    }

    private void describeMove(Part part) {
        long job = at & Fields.ADDRESS;
        Fields.LONGS.set(Fields.ALL, job + Fields.SOURCE, part.source());
        describe(job, Opcode.MEM_MOVE, part.destination(), part.bytes(), part.flags());
    }

    private void describeFill(Part part) {
        long job = at & Fields.ADDRESS;
        Fields.LONGS.set(Fields.ALL, job + Fields.PATTERN, part.pattern());
        describe(job, Opcode.FILL, part.destination(), part.bytes(), part.flags());
    }

    private static void describe(long job, int operation, long to, long length, int flags) {
        Fields.INTS.set(Fields.ALL, job + Fields.OPERATION, operation);
        Fields.LONGS.set(Fields.ALL, job + Fields.DESTINATION, to);
        Fields.LONGS.set(Fields.ALL, job + Fields.LENGTHS, length << Integer.SIZE | length);
        // Submitting strips bits of the flags, so they are written every time.
        Fields.LONGS.set(Fields.ALL, job + Fields.FLAGS, (long) flags);
    }

    /**
     * Has the software path execute a copy or a fill. The software path does so while the job is
     * submitted, and what it does not refuse succeeds. Therefore the job is not checked once it has
     * been seen to be complete by then (docs/adr/0016). Not for a library that {@linkplain
     * DmlFunctions#callsBack calls back}.
     */
    @Override
    public int execute(Part part, MemorySegment destination, MemorySegment source) {
        int status;
        if (source == null) {
            describeFill(part);
            status = dml.submit(at, (int) part.bytes(), destination);
        } else {
            describeMove(part);
            status = source.scope() == destination.scope()
                    ? dml.submit(at, (int) part.bytes(), destination)
                    : dml.submit(at, (int) part.bytes(), destination, source);
        }
        return status != OK || executesInSubmit ? status : prove();
    }

    /** Checks the job the first time. */
    private int prove() {
        int status = dml.checkOnce(at);
        executesInSubmit = status == OK;
        while (status == dml_h.DML_STATUS_BEING_PROCESSED) {
            Thread.onSpinWait();
            status = dml.checkOnce(at);
        }
        return status;
    }

    @Override
    protected int sendBatch(MemorySegment list, int tasks, HeldArenas held) {
        describe(at & Fields.ADDRESS, Opcode.BATCH, list.address(), (long) tasks * TASK, 0);
        return dml.submit(at, held);
    }

    @Override
    protected int poll() {
        return dml.check(at); // the statuses of a slot have DML's numbers
    }

    /** Returns false if the library does not lay batches out in the known way. */
    @Override
    public boolean takesBatches() {
        return dml.knowsBatches(at);
    }

    @Override
    public int taskStatus(int task) {
        return dml.batchStatus(at, task);
    }

    @Override
    public int result() {
        return JobFields.result(struct);
    }

    @Override
    public long offset() {
        return JobFields.offset(struct);
    }

    @Override
    public int crc() {
        return JobFields.crc(struct);
    }

    @Override
    public long recordBytes() {
        return JobFields.recordBytes(struct);
    }
}
