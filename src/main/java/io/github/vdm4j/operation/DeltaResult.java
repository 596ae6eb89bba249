package io.github.vdm4j.operation;

/**
 * What a delta create found.
 *
 * <p>C counterpart: {@code result} and {@code destination_length} of {@code dml_job_t}.
 *
 * @param outcome whether the ranges are equal, and whether the record holds all differences
 * @param recordBytes the record's size: a multiple of 10, 0 if there is none
 */
public record DeltaResult(Outcome outcome, long recordBytes) {
    /** The longest range that one delta covers, in bytes. */
    public static final long MAX_RANGE_BYTES = 0x80000;
    /** The least room for a record, in bytes. */
    public static final long MIN_RECORD_BYTES = 80;
    /** What one difference takes in a record, in bytes. */
    public static final long DIFFERENCE_BYTES = 10;

    /** How it turned out. */
    public enum Outcome {
        /** The ranges are equal; there is no record. */
        EQUAL,
        /** The record holds all differences. */
        RECORDED,
        /** There are more differences than there is room for; the record is of no use. */
        OVERFLOW
    }

    /**
     * The room that a record needs at most: that of ranges which differ in every word.
     *
     * @param bytes the size of each range
     * @return bytes, a multiple of 10, at least 80
     * @throws IllegalArgumentException if the size is negative, above 0x80000 or no multiple of 8
     */
    public static long maxRecordBytes(long bytes) {
        if (bytes < 0 || bytes > MAX_RANGE_BYTES || bytes % 8 != 0) {
            throw new IllegalArgumentException(
                    "%,d bytes: a delta covers a multiple of 8, at most %,d".formatted(bytes,
                            MAX_RANGE_BYTES));
        }
        return Math.max(MIN_RECORD_BYTES, bytes / 8 * DIFFERENCE_BYTES);
    }

    /**
     * Tells whether the ranges are equal.
     *
     * @return true for {@link Outcome#EQUAL}
     */
    public boolean equal() {
        return outcome == Outcome.EQUAL;
    }
}
