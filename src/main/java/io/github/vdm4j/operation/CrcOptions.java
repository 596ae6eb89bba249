package io.github.vdm4j.operation;

import java.util.Objects;

/**
 * How to compute a CRC-32C.
 *
 * <p>C counterpart: {@code DML_FLAG_CRC_READ_SEED}, {@code DML_FLAG_CRC_BYPASS_REFLECTION} and
 * {@code DML_FLAG_CRC_BYPASS_DATA_REFLECTION}.
 *
 * @param seed the CRC so far; 0 to begin with. Given the CRC of what comes before, the result is
 * that of both together
 * @param bypassReflection whether seed and result are taken as the register holds them: neither
 * bit-reversed nor inverted
 * @param bypassDataReflection whether bit 7 of each byte is the first, not bit 0
 */
public record CrcOptions(int seed, boolean bypassReflection, boolean bypassDataReflection) {
    /** What {@link java.util.zip.CRC32C} computes, from the beginning. */
    public static final CrcOptions STANDARD = new CrcOptions(0, false, false);

    /**
     * The standard CRC that goes on from another.
     *
     * @param before the CRC of what comes before
     * @return options with it as the seed
     */
    public static CrcOptions continuing(Crc32c before) {
        return new CrcOptions(Objects.requireNonNull(before, "before").bits(), false, false);
    }

    /**
     * The same options with another seed.
     *
     * @param bits the CRC so far
     * @return options with it as the seed
     */
    public CrcOptions withSeed(int bits) {
        return new CrcOptions(bits, bypassReflection, bypassDataReflection);
    }
}
