package io.github.vdm4j.engine.channel;

import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;

/**
 * The description of one submission: what the device has to do, by addresses. A {@link Program}
 * fills the description in, and the {@link Slot} translates it into the fields of a job or into a
 * descriptor. Each slot has one description and uses it for every part.
 *
 * <p>Flags are the bits of DSA's descriptors. DML's jobs have the same bits.
 */
public final class Part {
    /** The descriptor waits until those before it in its batch have succeeded. */
    public static final int FENCE = 1;
    /** A result that is not the expected one fails the descriptor. */
    public static final int CHECK_RESULT = 0x80;
    /** The device leaves the destination in the processor's caches. */
    public static final int FOR_CACHE = 0x100;
    /** The device makes the second destination of a dualcast durable, too. */
    public static final int SECOND_DURABLE = 1 << 16;
    /** A CRC is not reflected. */
    public static final int BYPASS_REFLECTION = 1 << 17;
    /** The data of a CRC are not reflected. */
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
     * @param length bytes
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
     * @param length bytes
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
     * Returns the address of what is read: for {@link Opcode#DELTA_APPLY} the record.
     *
     * @return the address; undefined if the operation reads nothing
     */
    public long source() {
        return source;
    }

    /**
     * Returns the address of what is written: for {@link Opcode#DELTA_CREATE} the record, for
     * {@link Opcode#CACHE_FLUSH} the lines.
     *
     * @return the address; undefined if the operation writes nothing
     */
    public long destination() {
        return destination;
    }

    /**
     * Returns the address of the second source of {@link Opcode#COMPARE} and {@link
     * Opcode#DELTA_CREATE}, and of the second destination of {@link Opcode#DUALCAST}.
     *
     * @return the address; undefined for other operations
     */
    public long second() {
        return second;
    }

    /**
     * Returns how many bytes are read, or written if nothing is read.
     *
     * @return the transfer size; for {@link Opcode#DELTA_APPLY} the size of the record
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Returns the size of the destination of a delta or of protected blocks.
     *
     * @return bytes; undefined for operations whose destination is as long as their source
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
     * @return 0 for 512 bytes, and so on: the device's number
     */
    public int blockSize() {
        return dif.blockSize().ordinal();
    }

    /** Returns the flags of protected blocks that mean something to the operation. */
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
     * @return 16 bits, which have grown with the blocks before if the tag increments
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
     * @return 16 bits, which have grown with the blocks before if the tag increments
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
