package io.github.vdm4j.jvm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The CRC-16 of T10 for the protection of disk blocks. Its polynomial is 0x8BB7, the highest bit
 * first.
 */
final class T10Crc {
    private static final int POLYNOMIAL = 0x8bb7;
    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int WORDS = 2;
    private static final int STEP = WORDS * Long.BYTES;

    /** The effect of a byte on the CRC by position, the last position first, and value. */
    private static final char[] TABLE = new char[STEP << 8];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int crc = i < 256 ? i << 8 : TABLE[i - 256];
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = crc << 1 ^ ((crc & 0x8000) == 0 ? 0 : POLYNOMIAL);
            }
            TABLE[i] = (char) crc;
        }
    }

    private T10Crc() {}

    /** Returns the CRC of a part of a segment. Its length is a multiple of 8. */
    static int of(MemorySegment source, long from, int length, int seed) {
        int crc = seed;
        int steps = length & -STEP;
        for (int i = 0; i < steps; i += STEP) {
            long first = source.get(WORD, from + i) ^ (long) crc << 48;
            long second = source.get(WORD, from + i + Long.BYTES);
            crc = sum(first, 8 << 8) ^ sum(second, 0);
        }
        if (steps < length) {
            crc = sum(source.get(WORD, from + steps) ^ (long) crc << 48, 0);
        }
        return crc;
    }

    private static int sum(long word, int base) {
        return TABLE[base + (7 << 8) + (int) (word >>> 56)]
                ^ TABLE[base + (6 << 8) + (int) (word >>> 48 & 0xff)]
                ^ TABLE[base + (5 << 8) + (int) (word >>> 40 & 0xff)]
                ^ TABLE[base + (4 << 8) + (int) (word >>> 32 & 0xff)]
                ^ TABLE[base + (3 << 8) + (int) (word >>> 24 & 0xff)]
                ^ TABLE[base + (2 << 8) + (int) (word >>> 16 & 0xff)]
                ^ TABLE[base + (1 << 8) + (int) (word >>> 8 & 0xff)]
                ^ TABLE[base + (int) (word & 0xff)];
    }
}
