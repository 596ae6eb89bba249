package io.github.vdm4j.engine.channel;

import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The layout of a DSA descriptor, 64 bytes in little-endian order. DML's batches consist of the
 * same descriptors.
 */
public final class Descriptor {
    public static final long BYTES = 64;

    /** The size of a completion record in bytes. */
    public static final long RECORD_BYTES = 32;

    /** The bytes of a task in a batch: a descriptor and a completion record. */
    public static final long TASK_BYTES = BYTES + RECORD_BYTES;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withByteAlignment(1).withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The flags for a valid record address and for a request to write the record. */
    private static final int WITH_RECORD = 0xC;

    private static final int FLAGS_AT = 32;
    private static final int ALL_FLAGS = 0xff_ffff;
    private static final int OPCODE_AT = 56;

    private Descriptor() {}

    /** Returns the first 8 bytes. The flags are without the flags for the completion record. */
    public static long head(int opcode, int flags) {
        return (long) (flags | WITH_RECORD) << FLAGS_AT | (long) opcode << OPCODE_AT;
    }

    public static int opcode(long head) {
        return (int) (head >>> OPCODE_AT);
    }

    /** Returns the flags, including the flags for the completion record. */
    public static int flags(long head) {
        return (int) (head >>> FLAGS_AT) & ALL_FLAGS;
    }

    /** Writes a part without the address of its completion record. */
    public static void write(MemorySegment memory, long at, Part part) {
        long head = head(part.opcode, part.flags);
        switch (part.opcode) {
            case Opcode.NOP, Opcode.DRAIN -> put(memory, at, head, 0, 0, 0, 0, 0, 0);
            case Opcode.FILL ->
                put(memory, at, head, part.pattern, part.destination, part.bytes, 0, 0, 0);
            case Opcode.COMPARE ->
                put(memory, at, head, part.source, part.second, part.bytes, 0, 0, 0);
            case Opcode.COMPARE_PATTERN ->
                put(memory, at, head, part.source, part.pattern, part.bytes, 0, 0, 0);
            case Opcode.DELTA_CREATE ->
                put(memory, at, head, part.source, part.second, part.bytes, part.destination,
                        part.destinationBytes, 0);
            case Opcode.DELTA_APPLY -> // The size of the record follows.
                put(memory, at, head, part.source, part.destination, part.destinationBytes,
                        part.bytes, 0, 0);
            case Opcode.DUALCAST ->
                put(memory, at, head, part.source, part.destination, part.bytes, part.second, 0, 0);
            case Opcode.CRC ->
                put(memory, at, head, part.source, 0, part.bytes, Integer.toUnsignedLong(part.seed),
                        0, 0);
            case Opcode.COPY_CRC ->
                put(memory, at, head, part.source, part.destination, part.bytes,
                        Integer.toUnsignedLong(part.seed), 0, 0);
            case Opcode.DIF_CHECK, Opcode.DIF_INSERT, Opcode.DIF_STRIP, Opcode.DIF_UPDATE ->
                writeDif(memory, at, head, part);
            case Opcode.CACHE_FLUSH ->
                put(memory, at, head, 0, part.destination, part.bytes, 0, 0, 0);
            default -> put(memory, at, head, part.source, part.destination, part.bytes, 0, 0, 0);
        }
    }

    private static void writeDif(MemorySegment memory, long at, long head, Part part) {
        boolean writesTags = part.opcode == Opcode.DIF_INSERT || part.opcode == Opcode.DIF_UPDATE;
        DifConfig dif = part.difOfPart();
        // Each side has a byte of flags. A third byte contains the common flags and, in its lowest
        // bits, the block size.
        put(memory, at, head, part.source, part.opcode == Opcode.DIF_CHECK ? 0 : part.destination,
                part.bytes, part.difFlags | dif.blockSize().ordinal() << 16,
                part.checksBlocks() ? bits(dif.source()) : 0,
                writesTags ? bits(dif.destination()) : 0);
    }

    private static long bits(DifTags tags) {
        return Integer.toUnsignedLong(tags.reference()) | (long) tags.applicationMask() << 32
                | (long) tags.application() << 48;
    }

    /** Writes the fields without the address of the completion record, 8 bytes each. */
    public static void put(MemorySegment memory, long at, long head, long source, long destination,
            long length, long at40, long at48, long at56) {
        memory.set(LONG, at, head);
        memory.set(LONG, at + 16, source);
        memory.set(LONG, at + 24, destination);
        memory.set(LONG, at + 32, length);
        memory.set(LONG, at + 40, at40);
        memory.set(LONG, at + 48, at48);
        memory.set(LONG, at + 56, at56);
    }

    /** Writes the address of the completion record, a multiple of 32. */
    public static void writeRecordAddress(MemorySegment memory, long at, long record) {
        memory.set(LONG, at + 8, record);
    }
}
