package io.github.vdm4j.engine.channel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The layout of a descriptor of DSA: 64 bytes, little-endian. DML's batches consist of these
 * descriptors, too.
 */
public final class Descriptor {
    /** The size of a descriptor in bytes. */
    public static final long BYTES = 64;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withByteAlignment(1).withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The address of the completion record is valid, and the device has to write the record. */
    private static final int WITH_RECORD = 0xC;

    /**
     * A constant, so that an access costs no more than the store: addresses come from this package
     * and from channels alone.
     */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /**
     * Clears nothing of an address. The JIT can tell then that what lies there lies within {@link
     * #MEMORY}.
     */
    private static final long ADDRESS = Long.MAX_VALUE >> 1;

    private Descriptor() {}

    /** Returns the first 8 bytes. */
    static long head(int opcode, int flags) {
        return (long) (flags | WITH_RECORD) << 32 | (long) opcode << 56;
    }

    /**
     * Writes a part, all but the address of its completion record.
     *
     * @param at the descriptor's address
     * @param part what to do
     */
    public static void write(long at, Part part) {
        long head = head(part.opcode, part.flags);
        switch (part.opcode) {
            case Opcode.NOP, Opcode.DRAIN -> put(at, head, 0, 0, 0, 0, 0, 0);
            case Opcode.FILL ->
                put(at, head, part.pattern, part.destination, part.bytes, 0, 0, 0);
            case Opcode.COMPARE -> put(at, head, part.source, part.second, part.bytes, 0, 0, 0);
            case Opcode.COMPARE_PATTERN ->
                put(at, head, part.source, part.pattern, part.bytes, 0, 0, 0);
            case Opcode.DELTA_CREATE ->
                put(at, head, part.source, part.second, part.bytes, part.destination,
                        part.destinationBytes, 0);
            case Opcode.DELTA_APPLY -> // the size of the record follows
                put(at, head, part.source, part.destination, part.destinationBytes, part.bytes, 0,
                        0);
            case Opcode.DUALCAST ->
                put(at, head, part.source, part.destination, part.bytes, part.second, 0, 0);
            case Opcode.CRC ->
                put(at, head, part.source, 0, part.bytes, Integer.toUnsignedLong(part.seed), 0, 0);
            case Opcode.COPY_CRC ->
                put(at, head, part.source, part.destination, part.bytes,
                        Integer.toUnsignedLong(part.seed), 0, 0);
            case Opcode.DIF_CHECK -> writeDif(at, head, part, true, false);
            case Opcode.DIF_INSERT -> writeDif(at, head, part, false, true);
            case Opcode.DIF_STRIP -> writeDif(at, head, part, true, false);
            case Opcode.DIF_UPDATE -> writeDif(at, head, part, true, true);
            case Opcode.CACHE_FLUSH -> put(at, head, 0, part.destination, part.bytes, 0, 0, 0);
            default -> put(at, head, part.source, part.destination, part.bytes, 0, 0, 0);
        }
    }

    private static void writeDif(long at, long head, Part part, boolean ofSource,
            boolean ofDestination) {
        // A byte of flags for each side, one for both, and the block size in the lowest bits of
        // that.
        put(at, head, part.source, part.opcode == Opcode.DIF_CHECK ? 0 : part.destination,
                part.bytes, part.difFlags | part.blockSize() << 16,
                ofSource
                        ? tags(part.sourceReference(), part.sourceMask(), part.sourceApplication())
                        : 0,
                ofDestination
                        ? tags(part.destinationReference(), part.destinationMask(),
                                part.destinationApplication())
                        : 0);
    }

    private static long tags(int reference, int mask, int application) {
        return Integer.toUnsignedLong(reference) | (long) mask << 32 | (long) application << 48;
    }

    /** Writes the fields, all but the address of the completion record. */
    static void put(long descriptor, long head, long source, long destination, long length,
            long at40, long at48, long at56) {
        long at = descriptor & ADDRESS;
        MEMORY.set(LONG, at, head);
        MEMORY.set(LONG, at + 16, source);
        MEMORY.set(LONG, at + 24, destination);
        MEMORY.set(LONG, at + 32, length);
        MEMORY.set(LONG, at + 40, at40);
        MEMORY.set(LONG, at + 48, at48);
        MEMORY.set(LONG, at + 56, at56);
    }

    /**
     * Writes the address of the completion record.
     *
     * @param at the descriptor's address
     * @param record the record's address, a multiple of 32
     */
    public static void writeRecordAddress(long at, long record) {
        MEMORY.set(LONG, at + 8 & ADDRESS, record);
    }
}
