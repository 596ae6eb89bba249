package io.github.vdm4j.engine.channel;

import static io.github.vdm4j.VdmOperationType.DELTA_APPLY;
import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_CHECK;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.lang.foreign.MemorySegment;

/**
 * The description of an operation's parts. Lengths and offsets count bytes of the source, or of the
 * destination if there is no source.
 */
final class DataPart {
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

    /** The smallest part in bytes of the source, and its size in bytes of the destination. */
    private long unit;

    private long unitOfDestination;

    /**
     * Begins an operation.
     *
     * @param what the operation
     * @param durableFlags the device's flags for a durable destination, or 0
     * @param secondDurable whether the device makes the second destination durable, too
     */
    void begin(Operation<?> what, int durableFlags, boolean secondDurable) {
        type = what.type();
        source = what.source();
        destination = what.destination();
        secondSource = what.secondSource();
        secondDestination = what.secondDestination();
        pattern = what.pattern();
        flags = destination == null ? 0 : flags(what.isForCache(), durableFlags);
        if (secondDurable) {
            flags |= Part.SECOND_DURABLE;
        }
        unit = 1;
        unitOfDestination = 1;
        CrcOptions crc = what.crc();
        if (crc != null) {
            seed = crc.seed();
            flags |= (crc.bypassReflection() ? Part.BYPASS_REFLECTION : 0)
                    | (crc.bypassDataReflection() ? Part.BYPASS_DATA_REFLECTION : 0);
        }
        dif = what.dif();
        if (dif != null) {
            beginDif();
        }
    }

    /**
     * Returns the flags of a descriptor. The device never leaves a durable destination in the
     * caches.
     *
     * @param forCache whether the device leaves the destination in the processor's caches
     * @param durableFlags the device's flags for a durable destination, or 0
     */
    static int flags(boolean forCache, int durableFlags) {
        return durableFlags != 0 ? durableFlags : forCache ? Part.FOR_CACHE : 0;
    }

    /** Returns the flags that apply to an operation. */
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

    /**
     * Returns the longest part within a limit. A part consists of at least one whole block, and a
     * delta has a single part.
     */
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

    /**
     * Returns whether the operation checks blocks. The software path and DSA check blocks
     * differently.
     */
    boolean checksBlocks() {
        return dif != null && type != DIF_INSERT;
    }

    /**
     * Returns the longest beginning of a part that the device executes. The device strips only as
     * many blocks as fit before the source. The distance grows with each block.
     */
    long longestApart(long offset, long bytes) {
        return isAdjacent(offset, bytes) ? longest(distance(offset) - 1) : bytes;
    }

    /** Returns whether the device refuses a strip because its ranges are too close. */
    boolean isAdjacent(long offset, long bytes) {
        return type == DIF_STRIP && isAdjacent(distance(offset), 0, bytes);
    }

    /** Returns the distance of the source from the destination. */
    private long distance(long offset) {
        return source.address() + offset - destination.address() - destinationOffset(offset);
    }

    /**
     * Returns whether the device refuses a strip between two addresses because they are too close.
     * DML calls this a bug of the hardware (docs/adr/0014).
     */
    static boolean isAdjacent(long from, long to, long bytes) {
        return to < from && from <= to + bytes;
    }

    /** Sets the CRC of the earlier parts, the seed of the next part. */
    void seed(int crc) {
        seed = crc;
    }

    int submit(Slot slot, long offset, long bytes) {
        return slot.submit(describe(slot.part(), offset, bytes, 0), destination, source,
                secondSource != null ? secondSource : secondDestination);
    }

    /** Submits a check of a strip's block, or the copy of the checked block without protection. */
    int submitBlock(Slot slot, long offset, boolean checked) {
        Part part = describe(slot.part(), offset, checked ? unitOfDestination : unit, 0);
        part.opcode = checked ? Opcode.MEM_MOVE : Opcode.DIF_CHECK;
        part.flags = checked ? flags : 0;
        return slot.submit(part, destination, source, null);
    }

    /** Submits a part of a delta record from a copy. No other thread can write the copy. */
    int submitRecord(Slot slot, MemorySegment record, long bytes) {
        Part part = slot.part().begin(Opcode.DELTA_APPLY, flags);
        part.source = record.address();
        part.bytes = bytes;
        part.destination = destination.address();
        part.destinationBytes = destination.byteSize();
        return slot.submit(part, destination, null, null);
    }

    /** Writes the description of a part. */
    Part describe(Part part, long offset, long bytes, int fence) {
        part.begin(opcode(), flags | fence);
        part.bytes = bytes;
        if (source != null) {
            part.source = source.address() + offset;
        }
        if (destination != null) {
            part.destination = destination.address() + destinationOffset(offset);
            part.destinationBytes = destinationBytes(bytes);
        }
        if (secondSource != null) {
            part.second = secondSource.address() + offset;
        }
        if (secondDestination != null) {
            part.second = secondDestination.address() + offset;
        }
        part.pattern = pattern;
        part.seed = seed;
        part.dif = dif;
        part.difFlags = difFlags;
        part.blocksBefore = offset / unit;
        return part;
    }

    private int opcode() {
        return switch (type) {
            case NOP -> Opcode.NOP;
            case DRAIN -> Opcode.DRAIN;
            case MEMCPY, MEMMOVE -> Opcode.MEM_MOVE;
            case MEMSET, FILL -> Opcode.FILL;
            case COMPARE -> Opcode.COMPARE;
            case COMPARE_PATTERN -> Opcode.COMPARE_PATTERN;
            case DELTA_CREATE -> Opcode.DELTA_CREATE;
            case DELTA_APPLY -> Opcode.DELTA_APPLY;
            case DUALCAST -> Opcode.DUALCAST;
            case CRC -> Opcode.CRC;
            case COPY_CRC -> Opcode.COPY_CRC;
            case DIF_CHECK -> Opcode.DIF_CHECK;
            case DIF_INSERT -> Opcode.DIF_INSERT;
            case DIF_STRIP -> Opcode.DIF_STRIP;
            case DIF_UPDATE -> Opcode.DIF_UPDATE;
            default -> throw new IllegalArgumentException(type + " is no data operation");
        };
    }
}
