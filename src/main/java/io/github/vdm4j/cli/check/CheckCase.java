package io.github.vdm4j.cli.check;

import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One operation to check. The seed determines its parameters and the content of its ranges.
 *
 * @param bytes the planned size in bytes, before the operation rounds it
 * @param alignment the offsets of the ranges in a page, in turn
 * @param pattern the pattern of fills and comparisons
 * @param shift the distance between the two ranges of an overlapping copy, in bytes
 * @param upwards whether an overlapping copy moves bytes to higher addresses
 * @param differences the largest number of words in which two compared ranges differ
 */
record CheckCase(CheckedOperation operation, long bytes, List<Integer> alignment, long seed,
        long pattern, CrcOptions crc, DifConfig dif, int shift, boolean upwards, int differences) {
    private static final int MOST_SHIFT = 4096;
    private static final int MOST_DIFFERENCES = 100;
    private static final int ANY_16_BITS = 1 << 16;
    private static final List<List<DifFlag>> FLAGS = List.of(
            List.of(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG,
                    DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG),
            List.of(DifFlag.SOURCE_FIXED_REFERENCE_TAG, DifFlag.DESTINATION_FIXED_REFERENCE_TAG),
            List.of(DifFlag.INVERT_CRC_SEED),
            List.of(DifFlag.INVERT_CRC_RESULT),
            List.of(DifFlag.SOURCE_GUARD_CHECK_DISABLED),
            List.of(DifFlag.SOURCE_REFERENCE_TAG_CHECK_DISABLED));

    static CheckCase of(CheckedOperation operation, long bytes, List<Integer> alignment,
            long seed) {
        var random = new Random(seed);
        long pattern = random.nextLong();
        var crc = new CrcOptions(random.nextInt(), random.nextBoolean(), random.nextBoolean());
        return new CheckCase(operation, bytes, alignment, seed, pattern, crc, dif(random),
                1 + random.nextInt(MOST_SHIFT), random.nextBoolean(),
                random.nextInt(MOST_DIFFERENCES));
    }

    /** Returns the same tags for source and destination. A check can therefore succeed. */
    private static DifConfig dif(Random random) {
        var tags = new DifTags(random.nextInt(), random.nextInt(ANY_16_BITS),
                random.nextInt(ANY_16_BITS));
        var flags = new ArrayList<DifFlag>();
        for (List<DifFlag> together : FLAGS) {
            if (random.nextInt(FLAGS.size()) == 0) {
                flags.addAll(together);
            }
        }
        DifBlockSize[] sizes = DifBlockSize.values();
        return DifConfig.of(sizes[random.nextInt(sizes.length)])
                .withSource(tags)
                .withDestination(tags)
                .withFlags(flags.toArray(DifFlag[]::new));
    }

    /** Returns a second source of random numbers, for the content of the ranges. */
    Random content() {
        return new Random(~seed);
    }

    int offset(int role) {
        return operation.place(alignment.get(operation.placeOf(role) % alignment.size()));
    }
}
