package io.github.vdm4j.operation;

/**
 * A rule for checking and creating protection.
 *
 * <p>C counterpart: {@code DML_DIF_FLAG_...}, with the same bits.
 */
public enum DifFlag {
    /** Treats a block that {@link #SOURCE_F_DETECT_ALL} detects as an error. */
    SOURCE_F_ENABLE_ERROR(0x000001),
    /** Detects source blocks with all bits of the protection set. */
    SOURCE_F_DETECT_ALL(0x000002),
    /** Skips the check of source blocks with all bits of the application tag set. */
    SOURCE_F_DETECT_APPLICATION_TAG(0x000004),
    /** Skips the check of source blocks with all bits of both tags set. */
    SOURCE_F_DETECT_TAGS(0x000008),
    /**
     * Increments the source's application tag by one from block to block. Without the flag, the tag
     * is fixed.
     */
    SOURCE_INCREMENTING_APPLICATION_TAG(0x000010),
    /** Skips the check of the source's CRC. */
    SOURCE_GUARD_CHECK_DISABLED(0x000020),
    /** Skips the check of the source's reference tag. */
    SOURCE_REFERENCE_TAG_CHECK_DISABLED(0x000040),
    /**
     * Keeps the source's reference tag fixed. Without the flag, the tag grows by one from block to
     * block.
     */
    SOURCE_FIXED_REFERENCE_TAG(0x000080),
    /** Keeps the source's application tag in an update. */
    DESTINATION_PASS_APPLICATION_TAG(0x000800),
    /**
     * Increments the destination's application tag by one from block to block. Without the flag,
     * the tag is fixed.
     */
    DESTINATION_INCREMENTING_APPLICATION_TAG(0x001000),
    /** Keeps the source's CRC in an update. */
    DESTINATION_PASS_GUARD(0x002000),
    /** Keeps the source's reference tag in an update. */
    DESTINATION_PASS_REFERENCE_TAG(0x004000),
    /**
     * Keeps the destination's reference tag fixed. Without the flag, the tag grows by one from
     * block to block.
     */
    DESTINATION_FIXED_REFERENCE_TAG(0x008000),
    /** Starts each CRC with 0xFFFF. Without the flag, a CRC starts with 0. */
    INVERT_CRC_SEED(0x040000),
    /** Inverts the CRCs. */
    INVERT_CRC_RESULT(0x080000);

    private final int bit;

    DifFlag(int bit) {
        this.bit = bit;
    }

    /** {@return the flag's bit in DML's configuration} */
    public int bit() {
        return bit;
    }
}
