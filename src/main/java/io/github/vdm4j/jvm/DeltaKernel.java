package io.github.vdm4j.jvm;

import io.github.vdm4j.machine.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The kernel of delta records in DML's format. For each differing block of eight bytes, a record
 * contains the block's number and its eight new bytes. The number takes two bytes, the lowest byte
 * first. The numbers ascend.
 */
public final class DeltaKernel {
    private static final ValueLayout.OfShort NUMBER =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong BLOCK = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int NUMBER_BYTES = Short.BYTES;
    private static final int BLOCK_BYTES = Long.BYTES;
    private static final int ENTRY_BYTES = NUMBER_BYTES + BLOCK_BYTES;

    /** After so many equal blocks, the JDK's mismatch is faster than the loop. */
    private static final int EQUAL_BLOCKS = 16;

    private DeltaKernel() {}

    /**
     * Records the differences of two segments of the same size, a multiple of 8 up to 0x80000.
     * Returns the record's size, or 0 if both are equal. If the record is too small, it returns the
     * complement ({@code ~}) of the written size.
     */
    public static long create(MemorySegment record, MemorySegment original,
            MemorySegment modified) {
        int size = (int) original.byteSize(); // With long, the inner loop would take twice as long.
        int last = (int) Math.min(record.byteSize(), Integer.MAX_VALUE) - ENTRY_BYTES;
        int written = 0;
        int offset = 0;
        while (offset < size) {
            long same = MismatchKernel.find(original, offset, modified, offset, size - offset);
            if (same < 0) {
                break;
            }
            offset += (int) same & -BLOCK_BYTES;
            for (int equal = 0; equal < EQUAL_BLOCKS && offset < size; offset += BLOCK_BYTES) {
                long block = modified.get(BLOCK, offset);
                if (block == original.get(BLOCK, offset)) {
                    equal++;
                    continue;
                }
                equal = 0;
                if (written > last) {
                    return ~written;
                }
                record.set(NUMBER, written, (short) (offset / BLOCK_BYTES));
                record.set(BLOCK, written + NUMBER_BYTES, block);
                written += ENTRY_BYTES;
            }
        }
        return written;
    }

    /** Returns why a record would write outside of its destination or DSA refuses it, or null. */
    public static String defect(MemorySegment record, long size) {
        return defect(record, record.byteSize(), size);
    }

    /** Returns the defect of a record that does not fill its segment, or null. */
    public static String defect(MemorySegment record, long recordBytes, long size) {
        if (recordBytes % ENTRY_BYTES != 0) {
            return Message.of("the delta record has %,d bytes: it must be a multiple of %d",
                    recordBytes, ENTRY_BYTES);
        }
        long before = -1;
        for (long at = 0; at < recordBytes; at += ENTRY_BYTES) {
            long offset = offset(record, at);
            if (offset > size - BLOCK_BYTES) {
                return Message.of("entry %,d of the delta record is for offset %,d, outside of the"
                        + " %,d bytes of the destination", at / ENTRY_BYTES, offset, size);
            }
            if (offset <= before) {
                return Message.of("entry %,d of the delta record is for offset %,d, after one for"
                        + " %,d: they must ascend", at / ENTRY_BYTES, offset, before);
            }
            before = offset;
        }
        return null;
    }

    /** Applies a record without a {@linkplain #defect defect} for this destination. */
    public static void apply(MemorySegment destination, MemorySegment record) {
        long end = record.byteSize();
        for (long at = 0; at < end; at += ENTRY_BYTES) {
            destination.set(BLOCK, offset(record, at), record.get(BLOCK, at + NUMBER_BYTES));
        }
    }

    private static long offset(MemorySegment record, long at) {
        return Short.toUnsignedLong(record.get(NUMBER, at)) * BLOCK_BYTES;
    }
}
