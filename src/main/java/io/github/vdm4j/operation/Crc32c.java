package io.github.vdm4j.operation;

/**
 * A CRC-32C (Castagnoli), as {@link java.util.zip.CRC32C} computes it.
 *
 * <p>C counterpart: what {@code crc_checksum_ptr} points to.
 *
 * @param bits the 32 bits of the checksum; the seed that goes on from here
 */
public record Crc32c(int bits) {

    /**
     * The checksum as {@link java.util.zip.Checksum#getValue} gives it.
     *
     * @return 0 to 0xFFFFFFFF
     */
    public long value() {
        return Integer.toUnsignedLong(bits);
    }

    @Override
    public String toString() {
        return "%08x".formatted(bits);
    }
}
