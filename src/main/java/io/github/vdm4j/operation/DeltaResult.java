package io.github.vdm4j.operation;

import io.github.vdm4j.machine.Message;

/**
 * The result of creating a delta record.
 *
 * <p>C counterpart: {@code result} and {@code destination_length} of {@code dml_job_t}.
 *
 * @param outcome whether the ranges are equal, and whether the record holds all differences
 * @param recordBytes the record's size, a multiple of 10, or 0 if there is no record
 */
public record DeltaResult(Outcome outcome, long recordBytes) {
    /** The longest range that one delta covers, in bytes. */
    public static final long MAX_RANGE_BYTES = 0x80000;
    /** The smallest size of the memory for a record, in bytes. */
    public static final long MIN_RECORD_BYTES = 80;
    /** The size of a difference in a record, in bytes. */
    public static final long DIFFERENCE_BYTES = 10;

    /** The outcome of creating a delta record. */
    public enum Outcome {
        /** The ranges are equal, and there is no record. */
        EQUAL,
        /** The record holds all differences. */
        RECORDED,
        /** There are more differences than the record can hold. The record must not be used. */
        OVERFLOW
    }

    /**
     * {@return the largest size of a record in bytes, for ranges that differ in every word} It is a
     * multiple of 10 and at least 80.
     *
     * @param bytes the size of each range
     * @throws IllegalArgumentException if the size is negative, above 0x80000 or not a multiple of
     *     8
     */
    public static long maxRecordBytes(long bytes) {
        if (bytes < 0 || bytes > MAX_RANGE_BYTES || bytes % 8 != 0) {
            throw new IllegalArgumentException(
                    Message.of("%,d bytes: a delta covers a multiple of 8, at most %,d", bytes,
                            MAX_RANGE_BYTES));
        }
        return Math.max(MIN_RECORD_BYTES, bytes / 8 * DIFFERENCE_BYTES);
    }

    /** {@return whether the ranges are equal} */
    public boolean equal() {
        return outcome == Outcome.EQUAL;
    }
}
