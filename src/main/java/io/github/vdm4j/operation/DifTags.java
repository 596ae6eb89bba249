package io.github.vdm4j.operation;

/**
 * The tags that protect the blocks of one side.
 *
 * <p>C counterpart: the seeds and masks in {@code dml_dif_config_t}.
 *
 * @param reference the reference tag of the first block, 32 bits
 * @param application the application tag of the first block
 * @param applicationMask the bits of the application tag to ignore. They are not checked and are
 *     written with the value 0
 */
public record DifTags(int reference, int application, int applicationMask) {
    /** Tags that are 0, with a check of every bit. */
    public static final DifTags ZERO = new DifTags(0, 0, 0);

    private static final int MAX = 0xFFFF;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the application tag or the mask is not 0 to 0xFFFF
     */
    public DifTags {
        if ((application & ~MAX) != 0 || (applicationMask & ~MAX) != 0) {
            throw new IllegalArgumentException(
                    "application tag 0x%x, mask 0x%x: each must be 0 to 0xffff"
                            .formatted(application, applicationMask));
        }
    }
}
