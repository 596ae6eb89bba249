package io.github.vdm4j.operation;

/**
 * A flag that states how protection is checked and made.
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
    /** The source's application tag grows by one from block to block; else it is fixed. */
    SOURCE_INCREMENTING_APPLICATION_TAG(0x000010),
    /** The source's CRC is not checked. */
    SOURCE_GUARD_CHECK_DISABLED(0x000020),
    /** The source's reference tag is not checked. */
    SOURCE_REFERENCE_TAG_CHECK_DISABLED(0x000040),
    /** The source's reference tag is fixed; else it grows by one from block to block. */
    SOURCE_FIXED_REFERENCE_TAG(0x000080),
    /** An update keeps the source's application tag. */
    DESTINATION_PASS_APPLICATION_TAG(0x000800),
    /** The destination's application tag grows by one from block to block; else it is fixed. */
    DESTINATION_INCREMENTING_APPLICATION_TAG(0x001000),
    /** An update keeps the source's CRC. */
    DESTINATION_PASS_GUARD(0x002000),
    /** An update keeps the source's reference tag. */
    DESTINATION_PASS_REFERENCE_TAG(0x004000),
    /** The destination's reference tag is fixed; else it grows by one from block to block. */
    DESTINATION_FIXED_REFERENCE_TAG(0x008000),
    /** CRCs begin with 0xFFFF; else with 0. */
    INVERT_CRC_SEED(0x040000),
    /** CRCs are inverted. */
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
