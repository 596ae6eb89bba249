package io.github.vdm4j.dsa.portal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfLong;

/**
 * A descriptor of 64 bytes, which tells a device what to do. Each method writes all of its bytes.
 * The fields that an operation does not have are 0, because the device refuses reserved bits.
 *
 * <p>C counterpart: {@code struct dsa_hw_desc} in linux/idxd.h.
 */
public final class Descriptor {
    /** The size of a descriptor. */
    public static final int BYTES = 64;

    private static final OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int FLAGS_AT = 32;
    private static final int OPCODE_AT = 56;
    private static final int RECORD = 8;
    private static final int SOURCE = 16;
    private static final int DESTINATION = 24;
    private static final int SIZE = 32;
    private static final int FIRST = 40;
    private static final int SECOND = 48;
    private static final int THIRD = 56;

    private final MemorySegment memory;
    private final long at;
    private final long record;

    /**
     * Creates a view of memory.
     *
     * @param memory native memory
     * @param at where the descriptor begins, a multiple of 64
     * @param record the address of its completion record, a multiple of 32
     */
    public Descriptor(MemorySegment memory, long at, long record) {
        this.memory = memory;
        this.at = at;
        this.record = record;
    }

    private void write(int opcode, int flags, long source, long destination, int size, long first,
            long second, long third) {
        memory.set(LONG, at, (long) opcode << OPCODE_AT | (long) (flags | Flag.RECORD) << FLAGS_AT);
        memory.set(LONG, at + RECORD, record);
        memory.set(LONG, at + SOURCE, source);
        memory.set(LONG, at + DESTINATION, destination);
        memory.set(LONG, at + SIZE, Integer.toUnsignedLong(size));
        memory.set(LONG, at + FIRST, first);
        memory.set(LONG, at + SECOND, second);
        memory.set(LONG, at + THIRD, third);
    }

    /**
     * Writes a no-op.
     *
     * @param flags the flags
     */
    public void nop(int flags) {
        write(Opcode.NOP, flags, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Writes a drain of the queue.
     *
     * @param flags the flags
     */
    public void drain(int flags) {
        write(Opcode.DRAIN, flags, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Writes a batch.
     *
     * @param list the address of its descriptors, a multiple of 64
     * @param count how many there are
     * @param flags the flags
     */
    public void batch(long list, int count, int flags) {
        write(Opcode.BATCH, flags, list, 0, count, 0, 0, 0);
    }

    /**
     * Writes a copy.
     *
     * @param to the destination
     * @param from the source
     * @param bytes the size
     * @param flags the flags
     */
    public void move(long to, long from, int bytes, int flags) {
        write(Opcode.MOVE, flags, from, to, bytes, 0, 0, 0);
    }

    /**
     * Writes a fill.
     *
     * @param to the destination
     * @param bytes the size
     * @param pattern eight bytes, the lowest first
     * @param flags the flags
     */
    public void fill(long to, int bytes, long pattern, int flags) {
        write(Opcode.FILL, flags, pattern, to, bytes, 0, 0, 0);
    }

    /**
     * Writes a comparison.
     *
     * @param from one source
     * @param second the other source
     * @param bytes the size of each
     * @param flags the flags
     */
    public void compare(long from, long second, int bytes, int flags) {
        write(Opcode.COMPARE, flags, from, second, bytes, 0, 0, 0);
    }

    /**
     * Writes a comparison with a pattern.
     *
     * @param from the source
     * @param bytes the size
     * @param pattern eight bytes, the lowest first
     * @param flags the flags
     */
    public void comparePattern(long from, int bytes, long pattern, int flags) {
        write(Opcode.COMPARE_PATTERN, flags, from, pattern, bytes, 0, 0, 0);
    }

    /**
     * Writes the creation of a delta record.
     *
     * @param deltaRecord where the record goes
     * @param capacity the most bytes that it may have
     * @param original one source
     * @param modified the other source
     * @param bytes the size of each
     * @param flags the flags
     */
    public void createDelta(long deltaRecord, int capacity, long original, long modified, int bytes,
            int flags) {
        write(Opcode.DELTA_CREATE, flags, original, modified, bytes, deltaRecord,
                Integer.toUnsignedLong(capacity), 0);
    }

    /**
     * Writes the application of a delta record.
     *
     * @param to the destination
     * @param bytes its size
     * @param deltaRecord the record
     * @param recordBytes the record's size
     * @param flags the flags
     */
    public void applyDelta(long to, int bytes, long deltaRecord, int recordBytes, int flags) {
        write(Opcode.DELTA_APPLY, flags, deltaRecord, to, bytes,
                Integer.toUnsignedLong(recordBytes), 0, 0);
    }

    /**
     * Writes a copy to two destinations.
     *
     * @param to one destination
     * @param second the other destination, with the same low 12 bits
     * @param from the source
     * @param bytes the size
     * @param flags the flags
     */
    public void dualcast(long to, long second, long from, int bytes, int flags) {
        write(Opcode.DUALCAST, flags, from, to, bytes, second, 0, 0);
    }

    /**
     * Writes a CRC.
     *
     * @param from the source
     * @param bytes the size
     * @param seed the CRC so far
     * @param flags the flags
     */
    public void crc(long from, int bytes, int seed, int flags) {
        write(Opcode.CRC, flags, from, 0, bytes, Integer.toUnsignedLong(seed), 0, 0);
    }

    /**
     * Writes a copy with a CRC.
     *
     * @param to the destination
     * @param from the source
     * @param bytes the size
     * @param seed the CRC so far
     * @param flags the flags
     */
    public void copyCrc(long to, long from, int bytes, int seed, int flags) {
        write(Opcode.COPY_CRC, flags, from, to, bytes, Integer.toUnsignedLong(seed), 0, 0);
    }

    /**
     * Writes a check of protected blocks.
     *
     * @param from the blocks
     * @param bytes their size with the protection
     * @param dif the flags of the source in the lowest byte, those of both in the third
     * @param tags the {@linkplain #tags tags} of the source
     * @param flags the flags
     */
    public void checkDif(long from, int bytes, int dif, long tags, int flags) {
        write(Opcode.DIF_CHECK, flags, from, 0, bytes, Integer.toUnsignedLong(dif), tags, 0);
    }

    /**
     * Writes a copy of protected blocks without the protection.
     *
     * @param to the destination
     * @param from the blocks
     * @param bytes their size with the protection
     * @param dif the flags of the source in the lowest byte, those of both in the third
     * @param tags the {@linkplain #tags tags} of the source
     * @param flags the flags
     */
    public void stripDif(long to, long from, int bytes, int dif, long tags, int flags) {
        write(Opcode.DIF_STRIP, flags, from, to, bytes, Integer.toUnsignedLong(dif), tags, 0);
    }

    /**
     * Writes a copy of blocks that adds the protection.
     *
     * @param to the destination
     * @param from the blocks
     * @param bytes their size without the protection
     * @param dif the flags of the destination in the second byte, those of both in the third
     * @param tags the {@linkplain #tags tags} of the destination
     * @param flags the flags
     */
    public void insertDif(long to, long from, int bytes, int dif, long tags, int flags) {
        write(Opcode.DIF_INSERT, flags, from, to, bytes, Integer.toUnsignedLong(dif), 0, tags);
    }

    /**
     * Writes a copy of protected blocks that changes the protection.
     *
     * @param to the destination
     * @param from the blocks
     * @param bytes their size with the protection
     * @param dif the flags of the source, the destination and both, a byte each
     * @param tags the {@linkplain #tags tags} of the source
     * @param newTags the {@linkplain #tags tags} of the destination
     * @param flags the flags
     */
    public void updateDif(long to, long from, int bytes, int dif, long tags, long newTags,
            int flags) {
        write(Opcode.DIF_UPDATE, flags, from, to, bytes, Integer.toUnsignedLong(dif), tags,
                newTags);
    }

    /**
     * Packs the tags of protected blocks.
     *
     * @param reference the reference tag of the first block
     * @param mask the bits of the application tag that do not count
     * @param application the application tag of the first block
     * @return eight bytes of a descriptor
     */
    public static long tags(int reference, int mask, int application) {
        return Integer.toUnsignedLong(reference) | (mask & 0xffffL) << 32
                | (application & 0xffffL) << 48;
    }

    /**
     * Writes a write-back of cache lines.
     *
     * @param to the first line
     * @param bytes the size
     * @param flags the flags
     */
    public void flushCache(long to, int bytes, int flags) {
        write(Opcode.CACHE_FLUSH, flags, 0, to, bytes, 0, 0, 0);
    }
}
