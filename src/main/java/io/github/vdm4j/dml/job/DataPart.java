package io.github.vdm4j.dml.job;

import static io.github.vdm4j.VdmOperationType.DELTA_APPLY;
import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_CHECK;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.lang.foreign.MemorySegment;

/**
 * How a part of a data operation becomes a submission. Lengths and offsets are in bytes of what is
 * read, or else written.
 */
final class DataPart {
    private static final int DRAIN = dml_h.DML_OP_DRAIN;
    private static final int NOP = dml_h.DML_OP_NOP;
    private static final int SECOND_DURABLE = dml_h.DML_FLAG_DUALCAST_DST2_DURABLE;
    private static final int BYPASS_REFLECTION = dml_h.DML_FLAG_CRC_BYPASS_REFLECTION;
    private static final int BYPASS_DATA_REFLECTION = dml_h.DML_FLAG_CRC_BYPASS_DATA_REFLECTION;

    private static final int DIF_OF_BOTH =
            DifFlag.INVERT_CRC_SEED.bit() | DifFlag.INVERT_CRC_RESULT.bit();
    private static final int DIF_OF_SOURCE = 0xff | DIF_OF_BOTH;
    private static final int DIF_OF_INSERT = DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG.bit()
            | DifFlag.DESTINATION_FIXED_REFERENCE_TAG.bit()
            | DIF_OF_BOTH;

    private VdmOperationType type;
    private MemorySegment source;
    private MemorySegment destination;
    private MemorySegment secondSource;
    private MemorySegment secondDestination;
    private long pattern;
    private int flags;
    private int seed;

    private DifConfig dif;
    private int difFlags;

    /** The least that can be a part, and how much of the destination belongs to it. */
    private long unit;

    private long unitOfDestination;

    void begin(Operation<?> what, boolean durable, boolean secondDurable) {
        type = what.type();
        source = what.source();
        destination = what.destination();
        secondSource = what.secondSource();
        secondDestination = what.secondDestination();
        pattern = what.pattern();
        flags = destination == null ? 0 : Transfer.descriptorFlags(what.flags(), durable);
        if (secondDurable) {
            flags |= SECOND_DURABLE;
        }
        unit = 1;
        unitOfDestination = 1;
        CrcOptions crc = what.crc();
        if (crc != null) {
            seed = crc.seed();
            flags |= (crc.bypassReflection() ? BYPASS_REFLECTION : 0)
                    | (crc.bypassDataReflection() ? BYPASS_DATA_REFLECTION : 0);
        }
        dif = what.dif();
        if (dif != null) {
            beginDif();
        }
    }

    /** The flags that mean something to an operation. */
    static int difFlags(VdmOperationType type, DifConfig dif) {
        int applicable =
                type == DIF_INSERT ? DIF_OF_INSERT
                        : type == DIF_CHECK || type == DIF_STRIP ? DIF_OF_SOURCE : -1;
        return dif.flagBits() & applicable;
    }

    private void beginDif() {
        boolean insert = type == DIF_INSERT;
        difFlags = difFlags(type, dif);
        long block = dif.blockSize().bytes();
        long whole = block + DifConfig.PROTECTION_BYTES;
        unit = insert ? block : whole;
        unitOfDestination = type == DIF_STRIP ? block : whole;
    }

    void clear() {
        source = null;
        destination = null;
        secondSource = null;
        secondDestination = null;
        dif = null;
    }

    /** The longest part within a limit: whole blocks, at least one; a delta is one part. */
    long longest(long limit) {
        return type == DELTA_CREATE || type == DELTA_APPLY ? Long.MAX_VALUE
                : Math.max(limit / unit, 1) * unit;
    }

    long destinationOffset(long offset) {
        return type == DELTA_CREATE || type == DELTA_APPLY ? 0 : offset / unit * unitOfDestination;
    }

    long destinationBytes(long bytes) {
        return type == DELTA_CREATE || type == DELTA_APPLY
                ? destination.byteSize()
                : bytes / unit * unitOfDestination;
    }

    /** Whether blocks are checked, which the software path does not do as DSA does. */
    boolean checksBlocks() {
        return dif != null && type != DIF_INSERT;
    }

    /** Whether DML refuses a strip because its source follows its destination too closely. */
    boolean isAdjacent(long offset, long bytes) {
        return type == DIF_STRIP
                && isAdjacent(source.address() + offset,
                        destination.address() + destinationOffset(offset), bytes);
    }

    /** The same for any strip, by the addresses. */
    static boolean isAdjacent(long from, long to, long bytes) {
        return to < from && from <= to + bytes;
    }

    /** The CRC so far, for the next part. */
    void seed(int crc) {
        seed = crc;
    }

    int submit(Job job, long offset, long bytes) {
        MemorySegment struct = job.struct();
        JobFields.operation(struct, operation(), flags);
        if (source != null) {
            JobFields.source(struct, source.address() + offset, bytes);
        }
        if (destination != null) {
            JobFields.destination(
                    struct, destination.address() + destinationOffset(offset),
                    destinationBytes(bytes));
        }
        switch (type) {
            case DRAIN -> {
                JobFields.destination(struct, 0, 0);
                JobFields.secondDestination(struct, 0);
            }
            case FILL, COMPARE_PATTERN -> JobFields.pattern(struct, pattern);
            case COMPARE, DELTA_CREATE ->
                JobFields.secondSource(struct, secondSource.address() + offset);
            case DUALCAST ->
                JobFields.secondDestination(struct, secondDestination.address() + offset);
            case CRC, COPY_CRC -> JobFields.crcSeed(struct, seed);
            case DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                JobFields.dif(struct, dif, difFlags, offset / unit);
            default -> {} // has all it needs
        }
        return job.submit(destination, source,
                secondSource != null ? secondSource : secondDestination);
    }

    /** A part of a delta's record, from a copy that nobody else can write. */
    int submitRecord(Job job, MemorySegment record, long bytes) {
        MemorySegment struct = job.struct();
        JobFields.operation(struct, operation(), flags);
        JobFields.source(struct, record.address(), bytes);
        JobFields.destination(struct, destination.address(), destination.byteSize());
        return job.submit(destination, null, null);
    }

    private int operation() {
        return switch (type) {
            case NOP -> NOP;
            case DRAIN -> DRAIN;
            case FILL -> dml_h.DML_OP_FILL;
            case COMPARE -> dml_h.DML_OP_COMPARE;
            case COMPARE_PATTERN -> dml_h.DML_OP_COMPARE_PATTERN;
            case DELTA_CREATE -> dml_h.DML_OP_DELTA_CREATE;
            case DELTA_APPLY -> dml_h.DML_OP_DELTA_APPLY;
            case DUALCAST -> dml_h.DML_OP_DUALCAST;
            case CRC -> dml_h.DML_OP_CRC;
            case COPY_CRC -> dml_h.DML_OP_COPY_CRC;
            case DIF_CHECK -> dml_h.DML_OP_DIF_CHECK;
            case DIF_INSERT -> dml_h.DML_OP_DIF_INSERT;
            case DIF_STRIP -> dml_h.DML_OP_DIF_STRIP;
            case DIF_UPDATE -> dml_h.DML_OP_DIF_UPDATE;
            default -> throw new IllegalArgumentException(type + " is no data operation");
        };
    }
}
