package io.github.vdm4j.operation;

/**
 * What a comparison found.
 *
 * <p>C counterpart: the fields {@code result} and {@code offset} of {@code dml_job_t}.
 *
 * @param equal whether there was no mismatch
 * @param mismatchOffset the first mismatch in bytes from the beginning, -1 if there is none
 */
public record CompareResult(boolean equal, long mismatchOffset) {
    /** No mismatch. */
    public static final CompareResult EQUAL = new CompareResult(true, -1);

    /**
     * Checks that the two agree.
     *
     * @throws IllegalArgumentException if equal ranges are to have a mismatch, or others none
     */
    public CompareResult {
        if (equal ? mismatchOffset != -1 : mismatchOffset < 0) {
            throw new IllegalArgumentException(
                    "equal: %b, mismatch at %,d".formatted(equal, mismatchOffset));
        }
    }

    /**
     * Returns the result of a comparison that found a mismatch.
     *
     * @param offset the offset of the first mismatch in bytes, 0 or more
     * @return the result
     */
    public static CompareResult mismatchAt(long offset) {
        return new CompareResult(false, offset);
    }
}
