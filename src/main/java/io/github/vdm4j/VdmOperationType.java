package io.github.vdm4j;

import java.util.Locale;

/**
 * The operations of a virtual data mover.
 *
 * <p>C counterpart: {@code enum vdm_operation_type}, miniasync_vdm(7).
 */
public enum VdmOperationType {
    /** Copies between ranges that do not overlap. */
    MEMCPY,
    /** Copies between ranges that may overlap. */
    MEMMOVE,
    /** Fills a range with a byte. */
    MEMSET,
    /** Writes a range back to where it is durable. */
    FLUSH;

    private final String lowerCase = name().toLowerCase(Locale.ROOT);

    /** The name as in the C library, for messages: {@code memcpy} and so on. */
    @Override
    public String toString() {
        return lowerCase;
    }
}
