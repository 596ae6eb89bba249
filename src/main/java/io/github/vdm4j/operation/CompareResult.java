package io.github.vdm4j.operation;

import io.github.vdm4j.machine.Message;

/**
 * The result of a comparison.
 *
 * <p>C counterpart: the fields {@code result} and {@code offset} of {@code dml_job_t}.
 *
 * @param equal whether the ranges are equal
 * @param mismatchOffset the offset of the first byte that differs, or -1 for equal ranges
 */
public record CompareResult(boolean equal, long mismatchOffset) {
    /** The result of equal ranges. */
    public static final CompareResult EQUAL = new CompareResult(true, -1);

    /**
     * Checks that both values agree.
     *
     * @throws IllegalArgumentException if equal ranges have an offset, or different ranges have no
     *     offset
     */
    public CompareResult {
        if (equal ? mismatchOffset != -1 : mismatchOffset < 0) {
            throw new IllegalArgumentException(
                    Message.of("equal: %b, mismatch at %,d", equal, mismatchOffset));
        }
    }

    /**
     * {@return the result of a comparison that found a mismatch}
     *
     * @param offset the offset of the first mismatch in bytes, 0 or more
     */
    public static CompareResult mismatchAt(long offset) {
        return new CompareResult(false, offset);
    }
}
