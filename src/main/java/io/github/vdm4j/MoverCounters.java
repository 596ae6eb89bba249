package io.github.vdm4j;

/**
 * The sums of a mover since it was opened. Each number is exact if no operation is in flight. While
 * threads poll operations, the numbers can differ slightly.
 *
 * @param submitted operations that were started, both ended and in flight
 * @param completed operations that succeeded
 * @param failed operations that were started and ended without success. An operation that was
 *     started and cancelled is among them. An operation that was cancelled before its first poll is
 *     not counted.
 * @param retried how often a part of an operation was submitted again because a work queue was full
 * @param bytes the bytes of the operations that succeeded
 * @param inFlight operations that were started and have not been seen to end
 */
public record MoverCounters(
        long submitted, long completed, long failed, long retried, long bytes, long inFlight) {}
