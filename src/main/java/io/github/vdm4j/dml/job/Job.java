package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_dif_config_t;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.HeldArenas;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A DML job. DML initialises it once, and vdm4j fills and submits it any number of times. A job has
 * a struct for each path of the channel.
 */
final class Job extends Slot {
    /**
     * The flag that makes a cache flush use clflush or clflushopt. Every processor has one of these
     * instructions (H11).
     */
    private static final int EVICT = dml_h.DML_FLAG_PREFETCH_CACHE;

    /**
     * The handles that write the fields. They need few nested calls. The JIT inlines only to a
     * limited depth. The accessors of the generated classes would exceed it. Unaligned handles
     * avoid a check of the alignment.
     */
    private static final VarHandle INTS =
            ValueLayout.JAVA_INT_UNALIGNED.varHandle().withInvokeExactBehavior();

    private static final VarHandle LONGS =
            ValueLayout.JAVA_LONG_UNALIGNED.varHandle().withInvokeExactBehavior();

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** The bytes at the end of a struct for a CRC. */
    static final int CRC_BYTES = 8;

    private static final long SOURCE = dml_job_t.source_first_ptr$offset();
    private static final long DESTINATION = dml_job_t.destination_first_ptr$offset();

    /**
     * Both lengths are written as one long, because the fields are adjacent. On x86-64, the
     * upper half is the destination's length.
     */
    private static final long LENGTHS = dml_job_t.source_length$offset();

    private static final long SECOND_SOURCE = dml_job_t.source_second_ptr$offset();
    private static final long SECOND_DESTINATION = dml_job_t.destination_second_ptr$offset();
    private static final long CRC_POINTER = dml_job_t.crc_checksum_ptr$offset();
    private static final long PATTERN = dml_job_t.pattern$offset();
    private static final long OPERATION = dml_job_t.operation$offset();
    private static final long FLAGS = dml_job_t.flags$offset();

    /** The whole address space. The pool keeps the structs alive. */
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /**
     * A mask that changes no address, because no address has these bits. The mask shows the JIT
     * that each field is inside {@link #ALL}. Without it, the JIT checks each field.
     */
    private static final long ADDRESS = Long.MAX_VALUE >> 1;

    private final DmlFunctions dml;
    private final DmlChannel channel;

    /** The struct for each path, or null if the channel has no such path. */
    private final MemorySegment hardware;

    private final MemorySegment software;

    private MemorySegment struct;

    /** The DIF options in the struct. A new slice for each operation would be an allocation. */
    private MemorySegment dif;

    /** The address of the struct. */
    private long at;

    /** Whether the library is known to execute a job of the software path during its submission. */
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
        dif = dml_job_t.dif_config(struct);
        at = struct.address();
    }

    @Override
    protected int send(Part part, MemorySegment first, MemorySegment second, MemorySegment third) {
        describe(part);
        MemorySegment one = first != null ? first : MemorySegment.NULL;
        MemorySegment two = toHold(second, one);
        return dml.submit(at, one, two, toHold(toHold(third, one), two));
    }

    /** Returns NULL if another segment keeps the arena open. Each held arena costs two atomics. */
    private static MemorySegment toHold(MemorySegment segment, MemorySegment held) {
        return segment == null || segment.scope() == held.scope() ? MemorySegment.NULL : segment;
    }

    private void describe(Part part) {
        long job = at & ADDRESS;
        switch (part.opcode) {
            case Opcode.MEM_MOVE -> {
                LONGS.set(ALL, job + SOURCE, part.source);
                describe(job, Opcode.MEM_MOVE, part.destination, part.bytes, part.flags);
            }
            case Opcode.FILL -> {
                LONGS.set(ALL, job + PATTERN, part.pattern);
                describe(job, Opcode.FILL, part.destination, part.bytes, part.flags);
            }
            case Opcode.NOP -> describe(job, Opcode.NOP, 0, 0, 0);
            case Opcode.CACHE_FLUSH ->
                describe(job, Opcode.CACHE_FLUSH, part.destination, part.bytes,
                        onDevice() || channel.clwb ? 0 : EVICT);
            default -> describeFields(part);
        }
    }

    /**
     * Writes all fields of an operation other than a copy or a fill. Submissions and checks change
     * some of the fields.
     */
    private void describeFields(Part part) {
        dml_job_t.operation(struct, part.opcode);
        dml_job_t.flags(struct, part.flags);
        // The fields may contain the results of an earlier operation.
        dml_job_t.expected_result(struct, 0);
        dml_job_t.result(struct, 0);
        dml_job_t.offset(struct, 0);
        struct.set(LONG, SOURCE, part.source);
        dml_job_t.source_length(struct, (int) part.bytes);
        struct.set(LONG, DESTINATION, part.destination);
        dml_job_t.destination_length(struct, (int) part.destinationBytes);
        switch (part.opcode) {
            case Opcode.DRAIN, Opcode.DUALCAST ->
                struct.set(LONG, SECOND_DESTINATION, part.second);
            case Opcode.COMPARE_PATTERN -> struct.set(LONG, PATTERN, part.pattern);
            case Opcode.COMPARE, Opcode.DELTA_CREATE ->
                struct.set(LONG, SECOND_SOURCE, part.second);
            case Opcode.CRC, Opcode.COPY_CRC -> describeCrc(part);
            case Opcode.DIF_CHECK, Opcode.DIF_INSERT, Opcode.DIF_STRIP, Opcode.DIF_UPDATE ->
                describeDif(part);
            default -> {} // The operation has no further fields.
        }
    }

    private void describeCrc(Part part) {
        dml_job_t.flags(struct, part.flags | dml_h.DML_FLAG_CRC_READ_SEED);
        struct.set(LONG, CRC_POINTER, at + crc());
        struct.set(INT, crc(), part.seed);
    }

    /** Returns the offset of the CRC. The library reads and writes the CRC. */
    private long crc() {
        return struct.byteSize() - CRC_BYTES;
    }

    private void describeDif(Part part) {
        DifConfig config = part.difOfPart();
        DifTags from = config.source();
        DifTags to = config.destination();
        dml_dif_config_t.flags(dif, part.difFlags);
        dml_dif_config_t.block_size(dif, config.blockSize().ordinal());
        dml_dif_config_t.source_reference_tag_seed(dif, from.reference());
        dml_dif_config_t.source_application_tag_seed(dif, (short) from.application());
        dml_dif_config_t.source_application_tag_mask(dif, (short) from.applicationMask());
        dml_dif_config_t.destination_reference_tag_seed(dif, to.reference());
        dml_dif_config_t.destination_application_tag_seed(dif, (short) to.application());
        dml_dif_config_t.destination_application_tag_mask(dif, (short) to.applicationMask());
    }

    private static void describe(long job, int operation, long to, long length, int flags) {
        INTS.set(ALL, job + OPERATION, operation);
        LONGS.set(ALL, job + DESTINATION, to);
        LONGS.set(ALL, job + LENGTHS, length << Integer.SIZE | length);
        // This writes the flags for each submission, because a submission clears bits of them.
        LONGS.set(ALL, job + FLAGS, (long) flags);
    }

    /**
     * Executes a copy or a fill on the software path. The software path executes a job during its
     * submission, and every accepted job succeeds. Therefore only the first job is checked
     * (docs/adr/0016). The library must not {@linkplain DmlFunctions#callsBack call back}.
     */
    @Override
    public int execute(Part part, MemorySegment destination, MemorySegment source) {
        describe(part);
        int status =
                dml.submit(at, (int) part.bytes, destination, toHold(source, destination));
        return status != OK || executesInSubmit ? status : checkFirst();
    }

    /** Checks the first job that the software path executes. */
    private int checkFirst() {
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
        describe(at & ADDRESS, Opcode.BATCH, list.address(), tasks * Descriptor.TASK_BYTES, 0);
        return dml.submit(at, held);
    }

    @Override
    protected int poll() {
        return dml.check(at); // a slot's statuses have the same numbers
    }

    /** Returns whether the library has the known layout of batches. */
    @Override
    protected boolean takesBatches() {
        return dml.knowsBatches(at);
    }

    @Override
    protected int taskStatus(int task) {
        return dml.batchStatus(at, task);
    }

    @Override
    protected int result() {
        return dml_job_t.result(struct);
    }

    @Override
    protected long offset() {
        return Integer.toUnsignedLong(dml_job_t.offset(struct));
    }

    @Override
    protected int value() {
        return part().opcode == Opcode.DELTA_CREATE ? dml_job_t.destination_length(struct)
                : struct.get(INT, crc());
    }
}
