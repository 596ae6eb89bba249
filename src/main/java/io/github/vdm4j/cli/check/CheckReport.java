package io.github.vdm4j.cli.check;

import java.util.List;

/**
 * The report of a conformance run, to attach to an issue. It contains no host name, user name or
 * path. The components, in this order, are the keys of the JSON.
 *
 * @param partial whether Ctrl-C or a signal has ended the run early
 * @param vdm4j the version of vdm4j
 * @param kernel the system and its release
 * @param processor the processor and the number of threads that it runs
 * @param mover {@code dsa} or {@code dml}
 * @param emulated whether the emulator provides the device
 * @param seed the seed that repeats the run
 * @param millis the duration of the run in milliseconds
 * @param failures the first failures of each check
 */
public record CheckReport(
        Verdict verdict,
        boolean partial,
        String vdm4j,
        String java,
        String kernel,
        String processor,
        String mover,
        boolean emulated,
        List<Device> devices,
        List<Queue> queues,
        long seed,
        int rounds,
        long millis,
        List<Check> checks,
        List<Failure> failures) {

    /** The end of a check. */
    public enum Verdict {
        /** All results equal the JVM's results. */
        PASSED,
        /** A result differs, or the device did not execute an operation. */
        FAILED,
        /** The device does not support the operation. */
        SKIPPED,
        /** The run ended before the first round was complete, or a signal ended it. */
        INCOMPLETE
    }

    /**
     * A device.
     *
     * @param name such as {@code dsa0}
     * @param version the version of its architecture
     * @param capabilities the register GENCAP
     * @param operations the opcodes below 64, a bit each
     * @param maxTransferBytes bytes in its longest transfer
     * @param maxBatchTasks descriptors in its longest batch
     */
    public record Device(String name, String version, String capabilities, String operations,
            Long numaNode, Long maxTransferBytes, Long maxBatchTasks) {}

    /**
     * A work queue. Its counters are null if the mover does not count by queue.
     *
     * @param name such as {@code wq0.0}
     * @param mode {@code shared} or {@code dedicated}
     * @param size the number of descriptors that this process may have in the queue
     * @param maxTransferBytes bytes in its longest descriptor
     * @param maxBatchTasks tasks in its longest batch
     * @param blockOnFault whether descriptors may wait for pages
     * @param completions the number of descriptors that the device has executed
     * @param pageFaults the number of descriptors that met a missing page
     * @param refusals the number of submissions that the full queue refused
     */
    public record Queue(String name, String mode, Long size, Long maxTransferBytes,
            Long maxBatchTasks, Boolean blockOnFault, Long completions, Long pageFaults,
            Long refusals) {}

    /**
     * A check.
     *
     * @param name the operation or the queues
     * @param operations the number of compared operations
     * @param note the reason for a skip or an observation, or null
     */
    public record Check(String name, String variant, Verdict verdict, long operations,
            long failures, String note) {}

    /**
     * A failure.
     *
     * @param what the found result and the expected result
     * @param range the range with the first wrong byte, or null if no bytes were compared
     * @param firstWrongByte the offset of that byte in the range, or null if no bytes were compared
     * @param sizes the sizes of the ranges in bytes
     * @param offsets the offsets of the ranges in their pages
     * @param seed the seed of the operation's parameters and content
     */
    public record Failure(String name, String variant, String what, String range,
            Long firstWrongByte, List<Long> sizes, List<Integer> offsets, long seed) {}
}
