package io.github.vdm4j;

import java.util.Locale;

/**
 * The type of an operation: the four of a virtual data mover, then the further operations of DML.
 *
 * <p>C counterpart: {@code enum vdm_operation_type}, miniasync_vdm(7), and {@code dml_operation_t}.
 */
public enum VdmOperationType {
    /** Copies between ranges that do not overlap. */
    MEMCPY,
    /** Copies between ranges that may overlap. */
    MEMMOVE,
    /** Fills a range with a byte. */
    MEMSET,
    /** Writes a range back to where it is durable. */
    FLUSH,
    /** Does nothing, but passes through the mover. */
    NOP,
    /** Ends when every operation that was started before it has ended. */
    DRAIN,
    /** Fills a range with a pattern of eight bytes. */
    FILL,
    /** Compares two ranges. */
    COMPARE,
    /** Compares a range with a pattern of eight bytes. */
    COMPARE_PATTERN,
    /** Records how a range differs from another. */
    DELTA_CREATE,
    /** Applies a delta record to a range. */
    DELTA_APPLY,
    /** Copies to two ranges at once. */
    DUALCAST,
    /** Computes a CRC-32C. */
    CRC,
    /** Copies and computes a CRC-32C. */
    COPY_CRC,
    /** Checks the protection of blocks. */
    DIF_CHECK,
    /** Copies blocks and adds protection. */
    DIF_INSERT,
    /** Copies blocks without their protection, which it checks. */
    DIF_STRIP,
    /** Copies blocks, checks their protection and writes new protection. */
    DIF_UPDATE,
    /** Executes several operations. */
    BATCH;

    private final String inWords = name().toLowerCase(Locale.ROOT).replace('_', ' ');

    /** Returns the name for messages, for example {@code memcpy} or {@code delta create}. */
    @Override
    public String toString() {
        return inWords;
    }
}
