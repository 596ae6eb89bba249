package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.machine.SegmentClosedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A DML job: initialised once, filled in and submitted any number of times. An operation larger
 * than one job may be is a sequence of submissions, here called parts, of one job.
 *
 * <p>Used by one thread at a time, which has taken it from the {@link JobPool}; handing it on needs
 * a happens-before edge, which the future that holds it provides.
 */
public final class Job {
    private static final int MEM_MOVE = dml_h.DML_OP_MEM_MOVE;
    private static final int FILL = dml_h.DML_OP_FILL;
    private static final int CACHE_FLUSH = dml_h.DML_OP_CACHE_FLUSH;
    private static final int BATCH = dml_h.DML_OP_BATCH;
    private static final int NOP = dml_h.DML_OP_NOP;
    private static final int OK = dml_h.DML_STATUS_OK;

    /** Whether a job is free or lent, see {@link JobPool}. */
    static final VarHandle TAKEN;
    private static final VarHandle USES;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Job.class, "taken", int.class);
            USES = MethodHandles.lookup().findVarHandle(Job.class, "uses", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * What the fields are written with. A class of its own, as it takes milliseconds to be made,
     * which an opening need not wait for.
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

        /** All memory; {@link JobPool} keeps the structs alive. */
        static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

        /**
         * Clears nothing of an address, as none has these bits; but the JIT can tell then that a
         * field lies within {@link #ALL}, which it would check for each otherwise.
         */
        static final long ADDRESS = Long.MAX_VALUE >> 1;

        private Fields() {}
    }

    private final DmlFunctions dml;

    /** The structs initialised for each path, null where the pool was made without that path. */
    private final MemorySegment hardware;

    private final MemorySegment software;

    private MemorySegment struct;

    /** Where the struct lies. */
    private long at;

    private boolean submitted;

    /** Seen with the first that was {@linkplain #execute executed}. */
    private boolean executesInSubmit;

    /** See {@link #TAKEN}. */
    volatile int taken;

    /** How many operations have ended with the job. Written by the thread that has the job. */
    private long uses;

    private volatile Object owner;

    private final Transfer transfer;
    private final JobPool pool;
    private final JobLimits limits;

    // Made when they are first asked for; most jobs are only ever given a move or a fill.
    private DataProgram data;
    private BatchProgram batch;

    Job(DmlFunctions dml, JobPool pool, MemorySegment hardware, MemorySegment software,
            JobLimits limits) {
        this.dml = dml;
        this.pool = pool;
        this.limits = limits;
        this.hardware = hardware;
        this.software = software;
        use(hardware != null ? hardware : software);
        transfer = new Transfer(this, limits);
    }

    /**
     * What the job is doing, or can be given to do.
     *
     * @return the same object for the life of the job
     */
    public Transfer transfer() {
        return transfer;
    }

    /**
     * What else the job can be given to do.
     *
     * @return the same object for the life of the job
     */
    public DataProgram data() {
        if (data == null) {
            data = new DataProgram(this, limits);
        }
        return data;
    }

    /**
     * What takes the job through a batch.
     *
     * @return the same object for the life of the job
     */
    public BatchProgram batch() {
        if (batch == null) {
            batch = new BatchProgram(this, limits);
        }
        return batch;
    }

    /** Lets go of the segments, while the job stays lent. */
    public void letGo() {
        transfer.clear();
        if (data != null) {
            data.clear();
        }
        if (batch != null) {
            batch.clear();
        }
    }

    /** Back to the better path, without owner and programs. */
    public void reset() {
        use(hardware != null ? hardware : software);
        letGo();
        if (owner != null) { // a volatile write costs more than the look
            owner = null;
        }
    }

    /**
     * What holds the job, so that whoever runs out of jobs can finish it.
     *
     * @return the owner, or null if the job is free or not yet in use
     */
    public Object owner() {
        return owner;
    }

    /**
     * Says what holds the job, before the thread that took it turns to other things.
     *
     * @param holder the future in flight
     */
    public void owner(Object holder) {
        owner = holder;
    }

    /**
     * Tells where the next submission goes.
     *
     * @return true for hardware, false for the software path
     */
    public boolean onHardware() {
        return struct == hardware;
    }

    /**
     * Sends the next submissions to the software path.
     *
     * @return false if the pool was made without it, or the job is there already
     */
    public boolean fallBackToSoftware() {
        if (software == null || struct == software) {
            return false;
        }
        use(software);
        return true;
    }

    private void use(MemorySegment chosen) {
        struct = chosen;
        at = chosen.address();
    }

    /**
     * Tells whether a submission has been accepted and not been seen to end.
     *
     * @return true if {@link #check} may be called
     */
    public boolean isSubmitted() {
        return submitted;
    }

    /**
     * Submits a copy of one part, in either direction of overlap.
     *
     * @param to the destination's address
     * @param from the source's address
     * @param length bytes, 1 to 0xFFFFFFFF
     * @param flags the descriptor's flags
     * @param destination the segment that {@code to} lies in
     * @param source the segment that {@code from} lies in
     * @return DML's status
     * @throws SegmentClosedException if the arena of a segment is closed; nothing was submitted
     * @throws WrongThreadException if one is confined to another thread; nothing was submitted
     */
    public int submitMove(
            long to, long from, int length, int flags, MemorySegment destination,
            MemorySegment source) {
        describeMove(to, from, length, flags);
        return submitHolding(destination, source);
    }

    /**
     * Submits a fill of one part.
     *
     * @param to the destination's address
     * @param length bytes, 1 to 0xFFFFFFFF
     * @param pattern eight bytes, repeated
     * @param flags the descriptor's flags
     * @param destination the segment that {@code to} lies in
     * @return DML's status
     * @throws SegmentClosedException if the arena of the segment is closed; nothing was submitted
     * @throws WrongThreadException if it is confined to another thread; nothing was submitted
     */
    public int submitFill(long to, int length, long pattern, int flags, MemorySegment destination) {
        describeFill(to, length, pattern, flags);
        return submit(destination);
    }

    /**
     * Writes down a copy, for {@link #execute}.
     *
     * @param to the destination's address
     * @param from the source's address
     * @param length bytes, 1 to 0xFFFFFFFF
     * @param flags the descriptor's flags
     */
    public void describeMove(long to, long from, int length, int flags) {
        long job = at & Fields.ADDRESS;
        Fields.LONGS.set(Fields.ALL, job + Fields.SOURCE, from);
        describe(job, MEM_MOVE, to, length, flags);
    }

    /**
     * Writes down a fill, for {@link #execute}.
     *
     * @param to the destination's address
     * @param length bytes, 1 to 0xFFFFFFFF
     * @param pattern eight bytes, repeated
     * @param flags the descriptor's flags
     */
    public void describeFill(long to, int length, long pattern, int flags) {
        long job = at & Fields.ADDRESS;
        Fields.LONGS.set(Fields.ALL, job + Fields.PATTERN, pattern);
        describe(job, FILL, to, length, flags);
    }

    /**
     * Has the software path execute what was written down, a copy, a fill or a write-back. It does
     * so while the job is submitted, and whatever of these it does not refuse succeeds; so it is
     * not asked how the job went once it has been seen to be over by then (docs/adr/0016). Nothing
     * is in flight when this returns. Not with a library that {@linkplain DmlFunctions#callsBack
     * calls back}.
     *
     * @param length what the job has to move, bytes
     * @param destination the segment that is written
     * @param source the segment that is read, or null
     * @return DML's status: OK, or why the job was refused or how it failed
     * @throws SegmentClosedException if the arena of a segment is closed; nothing was done
     * @throws WrongThreadException if one is confined to another thread; nothing was done
     */
    public int execute(int length, MemorySegment destination, MemorySegment source) {
        int status = source == null || source.scope() == destination.scope()
                ? dml.submit(at, length, destination)
                : dml.submit(at, length, destination, source);
        return status != OK || executesInSubmit ? status : prove();
    }

    /** The first time the job is asked as others are. */
    private int prove() {
        int status = dml.checkOnce(at);
        executesInSubmit = status == OK;
        while (status == dml_h.DML_STATUS_BEING_PROCESSED) {
            Thread.onSpinWait();
            status = dml.checkOnce(at);
        }
        return status;
    }

    /**
     * Two of one arena are held by one; holding a shared arena costs an atomic operation each way.
     */
    private int submitHolding(MemorySegment destination, MemorySegment source) {
        return source.scope() == destination.scope() ? submit(destination)
                : submit(destination, source);
    }

    /**
     * Submits a write-back of whole cache lines.
     *
     * @param to the first line's address, a multiple of 64 (H10)
     * @param length bytes, a multiple of 64
     * @param flags the descriptor's flags
     * @param range the segment that the lines belong to
     * @return DML's status
     * @throws SegmentClosedException if the arena of the segment is closed; nothing was submitted
     * @throws WrongThreadException if it is confined to another thread; nothing was submitted
     */
    public int submitCacheFlush(long to, int length, int flags, MemorySegment range) {
        describe(at & Fields.ADDRESS, CACHE_FLUSH, to, length, flags);
        return submit(range);
    }

    /**
     * Submits nothing, to find out whether submissions arrive.
     *
     * @return DML's status
     */
    public int submitNop() {
        describe(at & Fields.ADDRESS, NOP, 0, 0, 0);
        return submit(MemorySegment.NULL);
    }

    /**
     * Tells whether the library lays batches out as it is known to.
     *
     * @return false if it must not be given any
     */
    boolean knowsBatches() {
        return dml.knowsBatches(struct.address());
    }

    /**
     * Submits a batch.
     *
     * @param list the address of its descriptors, a multiple of 64
     * @param length bytes of descriptors and records
     * @param held what the tasks' segments belong to
     * @return DML's status
     * @throws SegmentClosedException if one is closed; nothing was submitted
     * @throws WrongThreadException if one is confined to another thread; nothing was submitted
     */
    int submitBatch(long list, int length, HeldArenas held) {
        describe(at & Fields.ADDRESS, BATCH, list, length, 0);
        return took(dml.submit(at, held));
    }

    /** How a task of the batch that was submitted last ended: DML's status. */
    int batchStatus(int task) {
        return dml.batchStatus(struct.address(), task);
    }

    private static void describe(long job, int operation, long to, int length, int flags) {
        Fields.INTS.set(Fields.ALL, job + Fields.OPERATION, operation);
        Fields.LONGS.set(Fields.ALL, job + Fields.DESTINATION, to);
        Fields.LONGS.set(Fields.ALL, job + Fields.LENGTHS,
                (length & 0xffffffffL) << Integer.SIZE | length & 0xffffffffL);
        // Submitting strips bits of the flags, so they are written every time.
        Fields.LONGS.set(Fields.ALL, job + Fields.FLAGS, (long) flags);
    }

    private int submit(MemorySegment held) {
        return took(dml.submit(at, held));
    }

    /** Counts an operation that has ended with the job. */
    void countUse() {
        USES.setOpaque(this, uses + 1);
    }

    /** Returns how many operations have ended with the job. */
    long uses() {
        return (long) USES.getOpaque(this);
    }

    /** The struct that the next submission takes. */
    MemorySegment struct() {
        return struct;
    }

    /** Native memory that is the job's for as long as there is the job. */
    MemorySegment allocate(long bytes) {
        return pool.allocate(bytes);
    }

    /** Submits what was written into the struct, holding up to three segments; null for none. */
    int submit(MemorySegment one, MemorySegment another, MemorySegment third) {
        MemorySegment first = one != null ? one : MemorySegment.NULL;
        MemorySegment second = heldBy(first, another) ? MemorySegment.NULL : another;
        if (heldBy(first, third) || heldBy(second, third)) {
            return submit(first, second);
        }
        return took(dml.submit(at, first, second, third));
    }

    private static boolean heldBy(MemorySegment held, MemorySegment segment) {
        return segment == null || segment.scope() == held.scope();
    }

    private int submit(MemorySegment held, MemorySegment alsoHeld) {
        return took(dml.submit(at, held, alsoHeld));
    }

    private int took(int status) {
        submitted = status == OK;
        return status;
    }

    /**
     * Asks how the submitted part is doing. Once the answer is other than "being processed" the job
     * is ready for the next submission.
     *
     * @return DML's status
     * @throws IllegalStateException if nothing is submitted; the library would crash (H1)
     */
    public int check() {
        if (!submitted) {
            throw new IllegalStateException("dml_check_job on a job that is not submitted");
        }
        int status = dml.check(at);
        submitted = status == dml_h.DML_STATUS_BEING_PROCESSED;
        return status;
    }
}
