package io.github.vdm4j.operation;

import java.util.Objects;

/**
 * The options of a CRC-32C.
 *
 * <p>C counterpart: {@code DML_FLAG_CRC_READ_SEED}, {@code DML_FLAG_CRC_BYPASS_REFLECTION} and
 * {@code DML_FLAG_CRC_BYPASS_DATA_REFLECTION}.
 *
 * @param seed 0, or the CRC of the preceding bytes. The result is then the CRC of all bytes
 * @param bypassReflection whether seed and result have the form of the register, without bit
 *     reversal and inversion
 * @param bypassDataReflection whether bit 7 of each byte is the first bit, instead of bit 0
 */
public record CrcOptions(int seed, boolean bypassReflection, boolean bypassDataReflection) {
    /** The options for the value that {@link java.util.zip.CRC32C} computes. */
    public static final CrcOptions STANDARD = new CrcOptions(0, false, false);

    /**
     * {@return the options of a standard CRC that continues another CRC}
     *
     * @param before the CRC of the preceding bytes
     */
    public static CrcOptions continuing(Crc32c before) {
        return new CrcOptions(Objects.requireNonNull(before, "before").bits(), false, false);
    }

    /**
     * {@return the same options with another seed}
     *
     * @param bits the CRC so far
     */
    public CrcOptions withSeed(int bits) {
        return new CrcOptions(bits, bypassReflection, bypassDataReflection);
    }
}
