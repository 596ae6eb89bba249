package io.github.vdm4j.operation;

import java.util.Set;

/**
 * What a check of protected blocks found.
 *
 * <p>C counterpart: the fields {@code result} and {@code offset} of {@code dml_job_t}.
 *
 * @param errors what is wrong with the first block that is not as it should be; empty if all are
 * @param blockOffset where that block begins, in bytes from the beginning of the source; -1 if all
 * are well
 */
public record DifResult(Set<DifError> errors, long blockOffset) {

    /**
     * Keeps a copy.
     *
     * @throws IllegalArgumentException if there are errors without a block, or a block without
     * errors
     */
    public DifResult {
        errors = Set.copyOf(errors);
        if (errors.isEmpty() ? blockOffset != -1 : blockOffset < 0) {
            throw new IllegalArgumentException("errors %s at %,d".formatted(errors, blockOffset));
        }
    }

    /**
     * Returns the result that the numbers of a completion record stand for.
     *
     * @param offset the offset of the failing block in bytes, -1 for none
     * @param bits the bits of the errors
     * @return the result
     */
    public static DifResult of(long offset, int bits) {
        return new DifResult(DifError.ofBits(bits), bits == 0 ? -1 : offset);
    }

    /**
     * Tells whether every block is as it should be.
     *
     * @return true if there are no errors
     */
    public boolean isOk() {
        return errors.isEmpty();
    }
}
