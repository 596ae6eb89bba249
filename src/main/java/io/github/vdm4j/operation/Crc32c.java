package io.github.vdm4j.operation;

import java.util.Objects;

/**
 * A CRC-32C (Castagnoli), the checksum of {@link java.util.zip.CRC32C}.
 *
 * <p>C counterpart: the value at {@code crc_checksum_ptr}.
 *
 * @param bits the 32 bits of the checksum. They are also the seed for the bytes that follow
 */
public record Crc32c(int bits) {

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
                    "combine with a second range of %,d bytes: its length must not be negative"
                            .formatted(lengthOfSecond));
        }
        return new Crc32c(Crc32cShift.shift(first.bits, lengthOfSecond) ^ second.bits);
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
