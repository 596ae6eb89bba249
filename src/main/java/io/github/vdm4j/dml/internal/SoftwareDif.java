package io.github.vdm4j.dml.internal;

import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;

/**
 * How to have DML's software path check protection as DSA does. With an application tag mask of 0 it checks
 * nothing, with any other it takes the bits that do not count for 0 in what it expects but not in what it
 * finds; and it overlooks {@link DifFlag#SOURCE_F_DETECT_ALL} without {@link DifFlag#SOURCE_F_ENABLE_ERROR}.
 */
final class SoftwareDif {
    private static final int WRONG = -1;
    private static final int NONE_COUNTS = 0xffff;
    private static final int HIGHEST_BIT = 0x8000;

    private SoftwareDif() {}

    /**
     * Finds a mask with which the software path does what the configuration says.
     *
     * @param config the configuration of a check, a strip or an update
     * @param blocks how many blocks there are
     * @return the mask, or a negative number if there is none
     */
    static int sourceMask(DifConfig config, long blocks) {
        if (config.has(DifFlag.SOURCE_F_DETECT_ALL)
                && !config.has(DifFlag.SOURCE_F_ENABLE_ERROR)
                && !config.has(DifFlag.SOURCE_F_DETECT_TAGS)
                && !config.has(DifFlag.SOURCE_F_DETECT_APPLICATION_TAG)) {
            return WRONG;
        }
        DifTags tags = config.source();
        if (tags.applicationMask() == NONE_COUNTS) {
            return 0;
        }
        if (tags.applicationMask() != 0) {
            return WRONG;
        }
        // A bit that is 0 in every tag that is expected: taking it for 0 changes nothing.
        if (config.has(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG)) {
            return tags.application() + blocks <= HIGHEST_BIT ? HIGHEST_BIT : WRONG;
        }
        int bit = Integer.lowestOneBit(~tags.application());
        return bit <= HIGHEST_BIT ? bit : WRONG;
    }
}
