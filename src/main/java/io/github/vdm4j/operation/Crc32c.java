package io.github.vdm4j.operation;

import io.github.vdm4j.machine.Message;
import java.util.Objects;

/**
 * A CRC-32C (Castagnoli), the checksum of {@link java.util.zip.CRC32C}.
 *
 * <p>C counterpart: the value at {@code crc_checksum_ptr}.
 *
 * @param bits the 32 bits of the checksum. They are also the seed for the bytes that follow
 */
public record Crc32c(int bits) {
    private static final int POLYNOMIAL = 0x82f63b78;
    /**
     * The powers of x modulo the polynomial. The exponent of an element is two to the power of its
     * index. Bit 31 is the coefficient of x<sup>0</sup>, like in the register of the reflected CRC.
     */
    private static final int[] POWERS = new int[67];

    static {
        POWERS[0] = 1 << 30;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = multiply(POWERS[i - 1], POWERS[i - 1]);
        }
    }

    /**
     * Returns the CRC of two consecutive ranges from the CRC of each range. Both CRCs must be
     * computed with {@link CrcOptions#STANDARD}. The first CRC can have any seed.
     *
     * @param first the CRC of the first range
     * @param second the CRC of the second range
     * @param lengthOfSecond the length of the second range in bytes
     * @return the CRC of both ranges
     * @throws IllegalArgumentException if the length is negative
     */
    public static Crc32c combine(Crc32c first, Crc32c second, long lengthOfSecond) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        if (lengthOfSecond < 0) {
            throw new IllegalArgumentException(
                    Message.of(
                            "combine with a second range of %,d bytes: its length must not be"
                                    + " negative",
                            lengthOfSecond));
        }
        return new Crc32c(shift(first.bits, lengthOfSecond) ^ second.bits);
    }

    /** Returns the register after a number of further zero bytes. */
    private static int shift(int register, long bytes) {
        int shifted = register;
        for (long rest = bytes; rest != 0; rest &= rest - 1) {
            shifted = multiply(POWERS[3 + Long.numberOfTrailingZeros(rest)], shifted);
        }
        return shifted;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int rest = a; rest != 0; rest <<= 1) {
            product ^= shifted & rest >> 31;
            shifted = shifted >>> 1 ^ (POLYNOMIAL & -(shifted & 1));
        }
        return product;
    }

    /** {@return the checksum like {@link java.util.zip.Checksum#getValue}, 0 to 0xFFFFFFFF} */
    public long value() {
        return Integer.toUnsignedLong(bits);
    }

    @Override
    public String toString() {
        return "%08x".formatted(bits);
    }
}
