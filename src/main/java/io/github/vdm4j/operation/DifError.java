package io.github.vdm4j.operation;

import java.util.EnumSet;
import java.util.Set;

/**
 * An error in the protection of a block.
 *
 * <p>C counterpart: {@code DML_DIF_CHECK_...}.
 */
public enum DifError {
    /** The CRC of the block is wrong. */
    GUARD(1),
    /** The application tag is wrong. */
    APPLICATION_TAG(2),
    /** The reference tag is wrong. */
    REFERENCE_TAG(4),
    /**
     * All bits of the protection are set, and the configuration has the flag {@link
     * DifFlag#SOURCE_F_ENABLE_ERROR}.
     */
    ALL_BITS_SET(8);

    private final int bit;

    DifError(int bit) {
        this.bit = bit;
    }

    /** {@return the error's bit in DML's result} */
    public int bit() {
        return bit;
    }

    static Set<DifError> ofBits(int bits) {
        var errors = EnumSet.noneOf(DifError.class);
        for (DifError error : values()) {
            if ((bits & error.bit) != 0) {
                errors.add(error);
            }
        }
        return errors;
    }
}
