package io.github.vdm4j;

/**
 * The counters of a mover since its opening. If no operation is in flight, each number is exact.
 * While threads poll operations, the numbers can differ slightly.
 *
 * @param submitted the number of started operations, in flight or ended
 * @param completed the number of operations that succeeded
 * @param failed the number of started operations that failed or were cancelled. An operation that
 *     was cancelled before its first poll does not count
 * @param retried the number of repeated submissions after a full work queue
 * @param bytes the bytes of the operations that succeeded
 * @param inFlight the number of started operations without an observed end
 */
public record MoverCounters(
        long submitted, long completed, long failed, long retried, long bytes, long inFlight) {}
