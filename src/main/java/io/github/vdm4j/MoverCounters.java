package io.github.vdm4j;

/**
 * What a mover has done since it was opened. Each number is exact once nothing is in flight; while
 * operations are being polled they may be a little apart.
 *
 * @param submitted operations that were started: those that have ended and those in flight
 * @param completed operations that succeeded
 * @param failed operations that ended otherwise when they were polled; those that were cancelled do
 * not count
 * @param retried how often a part of an operation was submitted again because a work queue was full
 * @param bytes the sizes of the operations that succeeded
 * @param inFlight operations that were started and were not seen to end yet
 */
public record MoverCounters(
        long submitted, long completed, long failed, long retried, long bytes, long inFlight) {}
