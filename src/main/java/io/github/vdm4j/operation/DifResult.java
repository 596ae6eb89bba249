package io.github.vdm4j.operation;

import io.github.vdm4j.machine.Message;
import java.util.Set;

/**
 * The result of a check of protected blocks.
 *
 * <p>C counterpart: the fields {@code result} and {@code offset} of {@code dml_job_t}.
 *
 * @param errors the errors of the first bad block, or an empty set if every block is good
 * @param blockOffset the offset of that block in the source, in bytes, or -1 if every block is good
 */
public record DifResult(Set<DifError> errors, long blockOffset) {

    /**
     * Copies the set.
     *
     * @throws IllegalArgumentException if there are errors without an offset, or an offset without
     *     errors
     */
    public DifResult {
        errors = Set.copyOf(errors);
        if (errors.isEmpty() ? blockOffset != -1 : blockOffset < 0) {
            throw new IllegalArgumentException(Message.of("errors %s at %,d", errors, blockOffset));
        }
    }

    /**
     * {@return the result for the numbers of a completion record}
     *
     * @param offset the offset of the bad block in bytes, or -1 if every block is good
     * @param bits the bits of the errors
     */
    public static DifResult of(long offset, int bits) {
        return new DifResult(DifError.ofBits(bits), bits == 0 ? -1 : offset);
    }

    /** {@return whether every block is good} */
    public boolean isOk() {
        return errors.isEmpty();
    }
}
