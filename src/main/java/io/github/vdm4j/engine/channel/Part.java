package io.github.vdm4j.engine.channel;

import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;

/**
 * The description of one submission by addresses. A {@link Program} writes the description. The
 * {@link Slot} translates it into the fields of a job or into a descriptor. Each slot has one
 * description and uses it for every part.
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

    private static final int MAX_TAG = 0xffff;

    int opcode;
    int flags;
    long source;
    long destination;
    long second;
    long bytes;
    long destinationBytes;
    long pattern;
    int seed;
    DifConfig dif;
    int difFlags;
    long blocksBefore;

    Part() {}

    /** Describes an operation without memory. */
    Part begin(int operation, int bits) {
        opcode = operation;
        flags = bits;
        source = 0;
        destination = 0;
        second = 0;
        bytes = 0;
        destinationBytes = 0;
        return this;
    }

    /**
     * Describes a copy.
     *
     * @param to the destination
     * @param from the source
     * @param length the length in bytes
     * @param bits the flags
     */
    public Part move(long to, long from, long length, int bits) {
        opcode = Opcode.MEM_MOVE;
        flags = bits;
        source = from;
        destination = to;
        bytes = length;
        return this;
    }

    /**
     * Describes a fill.
     *
     * @param to the destination
     * @param length the length in bytes
     * @param eightBytes the pattern
     * @param bits the flags
     */
    public Part fill(long to, long length, long eightBytes, int bits) {
        opcode = Opcode.FILL;
        flags = bits;
        destination = to;
        bytes = length;
        pattern = eightBytes;
        return this;
    }

    /** Describes a write-back of whole cache lines. */
    Part flush(long to, long length) {
        opcode = Opcode.CACHE_FLUSH;
        flags = 0;
        destination = to;
        bytes = length;
        return this;
    }

    /**
     * Returns the operation.
     *
     * @return a constant of {@link Opcode}
     */
    public int opcode() {
        return opcode;
    }

    /** Returns the flags. */
    public int flags() {
        return flags;
    }

    /**
     * Returns the address of the source. For {@link Opcode#DELTA_APPLY}, it is the address of the
     * record.
     *
     * @return the address. It is undefined if the operation has no source
     */
    public long source() {
        return source;
    }

    /**
     * Returns the address of the destination. For {@link Opcode#DELTA_CREATE}, it is the address of
     * the record. For {@link Opcode#CACHE_FLUSH}, it is the address of the lines.
     *
     * @return the address. It is undefined if the operation has no destination
     */
    public long destination() {
        return destination;
    }

    /**
     * Returns the address of the second source or the second destination. {@link Opcode#COMPARE}
     * and {@link Opcode#DELTA_CREATE} have a second source. {@link Opcode#DUALCAST} has a second
     * destination.
     *
     * @return the address. It is undefined for other operations
     */
    public long second() {
        return second;
    }

    /**
     * Returns the size of the source, or of the destination if there is no source.
     *
     * @return the size in bytes. For {@link Opcode#DELTA_APPLY}, it is the size of the record
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Returns the size of the destination of a delta or of protected blocks.
     *
     * @return the size in bytes. It is undefined if source and destination have the same size
     */
    public long destinationBytes() {
        return destinationBytes;
    }

    /** Returns the pattern of {@link Opcode#FILL} and {@link Opcode#COMPARE_PATTERN}. */
    public long pattern() {
        return pattern;
    }

    /** Returns the seed of {@link Opcode#CRC} and {@link Opcode#COPY_CRC}. */
    public int seed() {
        return seed;
    }

    /**
     * Returns the size of protected blocks.
     *
     * @return the device's number, for example 0 for 512 bytes
     */
    public int blockSize() {
        return dif.blockSize().ordinal();
    }

    /** Returns the flags of protected blocks that apply to the operation. */
    public int difFlags() {
        return difFlags;
    }

    /** Returns the reference tag of the part's first block in the source. */
    public int sourceReference() {
        return reference(dif.source(), DifFlag.SOURCE_FIXED_REFERENCE_TAG);
    }

    /**
     * Returns the application tag of the part's first block in the source.
     *
     * @return 16 bits, including the increments of the earlier blocks
     */
    public int sourceApplication() {
        return application(dif.source(), DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG);
    }

    /**
     * Returns the mask of the source's application tags.
     *
     * @return 16 bits
     */
    public int sourceMask() {
        return dif.source().applicationMask();
    }

    /** Returns the reference tag of the part's first block in the destination. */
    public int destinationReference() {
        return reference(dif.destination(), DifFlag.DESTINATION_FIXED_REFERENCE_TAG);
    }

    /**
     * Returns the application tag of the part's first block in the destination.
     *
     * @return 16 bits, including the increments of the earlier blocks
     */
    public int destinationApplication() {
        return application(dif.destination(), DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
    }

    /**
     * Returns the mask of the destination's application tags.
     *
     * @return 16 bits
     */
    public int destinationMask() {
        return dif.destination().applicationMask();
    }

    private int reference(DifTags tags, DifFlag fixed) {
        return (difFlags & fixed.bit()) != 0 ? tags.reference()
                : (int) (tags.reference() + blocksBefore);
    }

    private int application(DifTags tags, DifFlag incrementing) {
        return (difFlags & incrementing.bit()) == 0
                ? tags.application()
                : (int) (tags.application() + blocksBefore & MAX_TAG);
    }
}
