package io.github.vdm4j.engine.channel;

/**
 * The limits of one submission.
 *
 * @param deviceBytes the longest part for the device: a multiple of 64, above 0
 * @param softwareBytes the longest part for the software path: a multiple of 64, above 0
 * @param deviceTasks how many tasks a batch for the device may have; below 4 if it takes no batches
 * @param softwareTasks how many tasks a batch for the software path may have; 0 for none
 */
public record ChannelLimits(
        long deviceBytes, long softwareBytes, int deviceTasks, int softwareTasks) {
    /** The longest part. Lengths in descriptors have 32 bits, and this leaves room for rounding. */
    public static final long MAX_PART = 1L << 30;

    /**
     * The most tasks of a batch: enough that its own cost does not show, few enough for a core's
     * first cache.
     */
    public static final int MAX_TASKS = 128;

    private static final long LINE = 64;

    /**
     * Refuses limits that cannot work.
     *
     * @throws IllegalArgumentException if a length is no multiple of 64 from 64 to {@link
     *     #MAX_PART}
     */
    public ChannelLimits {
        check(deviceBytes);
        check(softwareBytes);
    }

    /** Creates limits with batches of up to {@link #MAX_TASKS}. */
    public ChannelLimits(long deviceBytes, long softwareBytes) {
        this(deviceBytes, softwareBytes, MAX_TASKS, MAX_TASKS);
    }

    long bytes(boolean device) {
        return device ? deviceBytes : softwareBytes;
    }

    int tasks(boolean device) {
        return device ? deviceTasks : softwareTasks;
    }

    private static void check(long bytes) {
        if (bytes < LINE || bytes > MAX_PART || bytes % LINE != 0) {
            throw new IllegalArgumentException(
                    "a part of %,d bytes: must be a multiple of 64 from 64 to %,d".formatted(bytes,
                            MAX_PART));
        }
    }
}
