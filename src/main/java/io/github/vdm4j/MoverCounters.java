package io.github.vdm4j;

/**
 * The sums of a mover since it was opened. Each number is exact if no operation is in flight. While
 * threads poll operations, the numbers can differ slightly.
 *
 * @param submitted operations that were started, both ended and in flight
 * @param completed operations that succeeded
 * @param failed operations that ended without success in a poll; cancelled operations do not count
 * @param retried how often a part of an operation was submitted again because a work queue was full
 * @param bytes the bytes of the operations that succeeded
 * @param inFlight operations that were started and have not been seen to end
 */
public record MoverCounters(
        long submitted, long completed, long failed, long retried, long bytes, long inFlight) {}
