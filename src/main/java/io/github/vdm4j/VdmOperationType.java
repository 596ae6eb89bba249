package io.github.vdm4j;

import java.util.Locale;

/**
 * The type of an operation. The four types of a virtual data mover come first, then the further
 * operations of DML.
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
    /** Makes a range durable. */
    FLUSH,
    /** Does nothing except pass through the mover. */
    NOP,
    /** Waits until all operations that were started before have ended. */
    DRAIN,
    /** Fills a range with a pattern of eight bytes. */
    FILL,
    /** Compares two ranges. */
    COMPARE,
    /** Compares a range with a pattern of eight bytes. */
    COMPARE_PATTERN,
    /** Records the differences of two ranges. */
    DELTA_CREATE,
    /** Applies a delta record to a range. */
    DELTA_APPLY,
    /** Copies a range to two ranges. */
    DUALCAST,
    /** Computes a CRC-32C. */
    CRC,
    /** Copies a range and computes its CRC-32C. */
    COPY_CRC,
    /** Checks the protection of blocks. */
    DIF_CHECK,
    /** Copies blocks and adds protection. */
    DIF_INSERT,
    /** Checks the protection of blocks and copies them without it. */
    DIF_STRIP,
    /** Checks the protection of blocks and copies them with new protection. */
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
