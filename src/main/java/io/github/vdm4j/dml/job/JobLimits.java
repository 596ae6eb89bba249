package io.github.vdm4j.dml.job;

import io.github.vdm4j.machine.Processor;

/**
 * How much one submission may move, and how the software path has to be told to write back.
 *
 * @param hardwareBytes the longest part for hardware: a multiple of 64, above 0
 * @param softwareBytes the longest part for the software path, likewise
 * @param hardwareTasks how many tasks a batch for hardware may have; below 4 if it takes no batches
 * @param softwareTasks how many a batch for the software path may have
 * @param clwb whether the processor has that instruction; null to look when the first cache line is
 * to be written back, as reading what Linux tells takes a JVM that has just started milliseconds
 */
public record JobLimits(
        long hardwareBytes, long softwareBytes, int hardwareTasks, int softwareTasks,
        Boolean clwb) {
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
     * @param clwb whether the processor has that instruction
     */
    public JobLimits(long hardwareBytes, long softwareBytes, boolean clwb) {
        this(hardwareBytes, softwareBytes, MAX_TASKS, MAX_TASKS, clwb);
    }

    /**
     * Whether DML's write-back without eviction does anything: it does not on a processor without
     * clwb (H11).
     */
    boolean writeBackWithoutEviction() {
        return clwb != null ? clwb : Processor.hasClwb();
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
                    "a part of %,d bytes: must be a multiple of 64 from 64 to %,d".formatted(bytes,
                            MAX_PART));
        }
    }
}
