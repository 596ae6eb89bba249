package io.github.vdm4j.dml.internal;

/**
 * How much one submission may move, and how the software path has to be told to write back.
 *
 * @param hardwareBytes the longest part for hardware: a multiple of 64, above 0
 * @param softwareBytes the longest part for the software path, likewise
 * @param hardwareTasks how many tasks a batch for hardware may have; below 4 if it takes no batches
 * @param softwareTasks how many a batch for the software path may have
 * @param writeBackWithoutEviction whether the processor has clwb; DML's write-back without eviction
 *     does nothing on a processor that has not (H11)
 */
public record JobLimits(
        long hardwareBytes, long softwareBytes, int hardwareTasks, int softwareTasks,
        boolean writeBackWithoutEviction) {
    /** Lengths in jobs are 32 bits wide; this leaves room for rounding. */
    public static final long MAX_PART = 1L << 30;

    /** Of a batch: enough that its own cost does not show, few enough for a core's first cache. */
    public static final int MAX_TASKS = 128;

    private static final long LINE = 64;

    /**
     * Refuses limits that cannot work.
     *
     * @throws IllegalArgumentException if a limit is no multiple of 64 from 64 to {@link #MAX_PART}
     */
    public JobLimits {
        check(hardwareBytes);
        check(softwareBytes);
    }

    /**
     * Limits with batches of any size that is of use.
     *
     * @param hardwareBytes the longest part for hardware
     * @param softwareBytes the longest part for the software path
     * @param writeBackWithoutEviction whether the processor has clwb
     */
    public JobLimits(long hardwareBytes, long softwareBytes, boolean writeBackWithoutEviction) {
        this(hardwareBytes, softwareBytes, MAX_TASKS, MAX_TASKS, writeBackWithoutEviction);
    }

    long bytes(boolean hardware) {
        return hardware ? hardwareBytes : softwareBytes;
    }

    int tasks(boolean hardware) {
        return hardware ? hardwareTasks : softwareTasks;
    }

    private static void check(long bytes) {
        if (bytes < LINE || bytes > MAX_PART || bytes % LINE != 0) {
            throw new IllegalArgumentException(
                    "a part of %,d bytes: must be a multiple of 64 from 64 to %,d".formatted(bytes, MAX_PART));
        }
    }
}
