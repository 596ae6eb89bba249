package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.lang.foreign.MemorySegment;

/**
 * The description of one submission by addresses. A {@link Program} describes an operation and then
 * the range of each submission. The {@link Slot} translates the description into the fields of a
 * job or into a descriptor. Each slot has one description and uses it for every part.
 *
 * <p>Lengths and offsets of an operation count bytes of the source, or of the destination if there
 * is no source.
 *
 * <p>Flags are the bits of DSA's descriptors. DML's jobs have the same bits.
 */
public final class Part {
    /** The descriptor waits until all earlier descriptors of its batch have succeeded. */
    public static final int FENCE = 1;
    /** The descriptor fails if its result differs from the expected result. */
    public static final int CHECK_RESULT = 0x80;
    /** The device leaves the destination in the processor's caches. */
    public static final int FOR_CACHE = 0x100;
    /** The device makes the second destination of a dualcast durable, too. */
    public static final int SECOND_DURABLE = 1 << 16;
    /** The device does not reflect the CRC. */
    public static final int BYPASS_REFLECTION = 1 << 17;
    /** The device does not reflect the data of a CRC. */
    public static final int BYPASS_DATA_REFLECTION = 1 << 18;

    /** The bytes of a cache line. */
    public static final long LINE = 64;

    private static final int DIF_OF_BOTH =
            DifFlag.INVERT_CRC_SEED.bit() | DifFlag.INVERT_CRC_RESULT.bit();
    private static final int DIF_OF_SOURCE = 0xff | DIF_OF_BOTH;
    private static final int DIF_OF_INSERT = DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG.bit()
            | DifFlag.DESTINATION_FIXED_REFERENCE_TAG.bit()
            | DIF_OF_BOTH;

    // A field that the operation does not have is undefined.

    /** A constant of {@link Opcode}. */
    public int opcode;

    public int flags;

    /** The address of the source. For {@link Opcode#DELTA_APPLY}, it is that of the record. */
    public long source;

    /**
     * The address of the destination. For {@link Opcode#DELTA_CREATE}, it is that of the record.
     * For {@link Opcode#CACHE_FLUSH}, it is that of the lines.
     */
    public long destination;

    /**
     * The address of the second source of {@link Opcode#COMPARE} and {@link Opcode#DELTA_CREATE},
     * or of the second destination of {@link Opcode#DUALCAST}.
     */
    public long second;

    /** The size of the source, or of the destination if there is no source, in bytes. */
    public long bytes;

    /** The size of the destination of a delta or of protected blocks in bytes. */
    public long destinationBytes;

    /** The pattern of {@link Opcode#FILL} and {@link Opcode#COMPARE_PATTERN}. */
    public long pattern;

    /** The seed of {@link Opcode#CRC} and {@link Opcode#COPY_CRC}. */
    public int seed;

    /** The flags of protected blocks that apply to the operation. */
    public int difFlags;

    DifConfig dif;

    // The operation that contains the part. An address is 0 if there is no such segment.
    private long sourceStart;
    private long destinationStart;
    private long secondStart;

    /** The size of the destination of a delta, or 0. A delta has a single part. */
    private long deltaBytes;

    /** The size of a protected block in the source and in the destination. */
    long block;

    private long blockOfDestination;

    Part() {}

    Part nop() {
        opcode = Opcode.NOP;
        flags = 0;
        source = 0;
        destination = 0;
        second = 0;
        bytes = 0;
        destinationBytes = 0;
        return this;
    }

    /**
     * Describes an operation other than a flush. {@link #range} describes its bytes. The device
     * never leaves a durable destination in the caches.
     *
     * @param operation the operation
     * @param durableFlags the device's flags for a durable destination, or 0
     * @param secondDurable whether the device makes the second destination durable, too
     */
    Part begin(Operation<?> operation, int durableFlags, boolean secondDurable) {
        MemorySegment to = operation.destination();
        opcode = Opcode.of(operation.type());
        flags = to == null ? 0
                : durableFlags != 0 ? durableFlags : operation.isForCache() ? FOR_CACHE : 0;
        if (secondDurable) {
            flags |= SECOND_DURABLE;
        }
        sourceStart = address(operation.source());
        destinationStart = address(to);
        // The device does not write a CRC to memory.
        secondStart = opcode == Opcode.CRC ? 0 : address(operation.second());
        deltaBytes = opcode == Opcode.DELTA_CREATE || opcode == Opcode.DELTA_APPLY
                ? to.byteSize()
                : 0;
        pattern = operation.pattern();
        CrcOptions crc = operation.crc();
        if (crc != null) {
            seed = crc.seed();
            flags |= (crc.bypassReflection() ? BYPASS_REFLECTION : 0)
                    | (crc.bypassDataReflection() ? BYPASS_DATA_REFLECTION : 0);
        }
        dif = operation.dif();
        if (dif != null) {
            beginDif();
        }
        return this;
    }

    private static long address(MemorySegment segment) {
        return segment == null ? 0 : segment.address();
    }

    private void beginDif() {
        boolean insert = opcode == Opcode.DIF_INSERT;
        difFlags = dif.flagBits() & (insert ? DIF_OF_INSERT
                : opcode == Opcode.DIF_UPDATE ? -1 : DIF_OF_SOURCE);
        long data = dif.blockSize().bytes();
        long whole = data + DifConfig.PROTECTION_BYTES;
        block = insert ? data : whole;
        blockOfDestination = opcode == Opcode.DIF_STRIP ? data : whole;
    }

    /** Describes the write-back of the cache lines that cover a range (H10). */
    public Part flush(long to, long length) {
        opcode = Opcode.CACHE_FLUSH;
        flags = 0;
        sourceStart = 0;
        destinationStart = to & -LINE;
        secondStart = 0;
        deltaBytes = 0;
        dif = null;
        return range(0, (to + length + LINE - 1 & -LINE) - destinationStart);
    }

    Part range(long offset, long length) {
        bytes = length;
        source = sourceStart == 0 ? 0 : sourceStart + offset;
        destination = destinationStart == 0 ? 0 : destinationStart + destinationOffset(offset);
        destinationBytes = destinationBytes(length);
        second = secondStart == 0 ? 0 : secondStart + offset;
        return this;
    }

    /**
     * Returns the longest range of the operation within a limit. A range consists of at least one
     * whole block.
     */
    long longest(long limit) {
        return deltaBytes > 0 ? Long.MAX_VALUE
                : dif == null ? limit : Math.max(limit / block, 1) * block;
    }

    private long destinationOffset(long offset) {
        return deltaBytes > 0 ? 0 : dif == null ? offset : offset / block * blockOfDestination;
    }

    private long destinationBytes(long length) {
        return deltaBytes > 0 ? deltaBytes
                : dif == null ? length : length / block * blockOfDestination;
    }

    /** Returns whether the operation checks blocks. Software and DSA check blocks differently. */
    boolean checksBlocks() {
        return dif != null && opcode != Opcode.DIF_INSERT;
    }

    /**
     * Returns the longest beginning of a range that the device executes. The device strips only as
     * many blocks as fit before the source. The distance grows with each block.
     */
    long longestApart(long offset, long length) {
        long distance = sourceStart + offset - destinationStart - destinationOffset(offset);
        return opcode == Opcode.DIF_STRIP && isAdjacent(distance, 0, length)
                ? longest(distance - 1)
                : length;
    }

    /** Describes the check of a strip's block, or the copy of the checked block's data. */
    Part block(long offset, boolean checked) {
        range(offset, checked ? blockOfDestination : block);
        opcode = checked ? Opcode.MEM_MOVE : Opcode.DIF_CHECK;
        flags = checked ? flags : 0;
        return this;
    }

    /** Returns whether the device refuses the part, a strip, because its ranges are too close. */
    boolean isTooClose() {
        return opcode == Opcode.DIF_STRIP && isAdjacent(source, destination, bytes);
    }

    /**
     * Returns whether the device refuses a strip between two addresses because they are too close.
     * DML calls this a bug of the hardware (docs/adr/0014).
     */
    static boolean isAdjacent(long from, long to, long length) {
        return to < from && from <= to + length;
    }

    public Part move(long to, long from, long length, int bits) {
        opcode = Opcode.MEM_MOVE;
        flags = bits;
        source = from;
        destination = to;
        bytes = length;
        destinationBytes = length;
        return this;
    }

    public Part fill(long to, long length, long eightBytes, int bits) {
        opcode = Opcode.FILL;
        flags = bits;
        destination = to;
        bytes = length;
        pattern = eightBytes;
        return this;
    }

    /** Returns the protection of the part's blocks, with the tags of its first block. */
    public DifConfig difOfPart() {
        return dif.after((source - sourceStart) / block);
    }
}
