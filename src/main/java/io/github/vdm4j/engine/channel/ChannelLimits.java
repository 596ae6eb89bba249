package io.github.vdm4j.engine.channel;

import io.github.vdm4j.machine.Message;

/**
 * The limits of one submission.
 *
 * @param deviceBytes the longest part for the device in bytes, a positive multiple of 64
 * @param softwareBytes the longest part for the software path in bytes, a positive multiple of 64
 * @param deviceTasks the largest number of tasks in a batch for the device. A number below 4
 *     disables batches
 * @param softwareTasks the largest number of tasks in a batch for the software path. A 0 disables
 *     batches
 */
public record ChannelLimits(
        long deviceBytes, long softwareBytes, int deviceTasks, int softwareTasks) {
    /** The longest part in bytes. Lengths have 32 bits, and this limit leaves room for rounding. */
    public static final long MAX_PART = 1L << 30;

    /** The largest batch. Its own cost is negligible, and its descriptors fit into the L1 cache. */
    public static final int MAX_TASKS = 128;

    public ChannelLimits {
        check("deviceBytes", deviceBytes);
        check("softwareBytes", softwareBytes);
    }

    long bytes(boolean device) {
        return device ? deviceBytes : softwareBytes;
    }

    int tasks(boolean device) {
        return device ? deviceTasks : softwareTasks;
    }

    /** Throws an exception if a length is not a multiple of 64 from 64 to {@link #MAX_PART}. */
    public static long check(String what, long bytes) {
        if (bytes < Part.LINE || bytes > MAX_PART || bytes % Part.LINE != 0) {
            throw new IllegalArgumentException(
                    Message.of("%s %,d: must be a multiple of 64 from 64 to %,d", what, bytes,
                            MAX_PART));
        }
        return bytes;
    }
}
