package io.github.vdm4j.operation;

/**
 * The counters of a file's forces in this process. A force writes the pages of mapped ranges to the
 * storage. Operations of all movers share the forces of a file.
 *
 * @param forces the number of forces. A force serves a group of requests
 * @param requests the number of ranges that operations requested to force
 * @param ranges the number of ranges that were passed to the system after merging
 * @param failed the number of forces with a failed range
 * @param waitNanos the time that forces waited for further requests, in nanoseconds
 * @param forceNanos the time of the system's forces, in nanoseconds
 */
public record ForceCounters(
        long forces, long requests, long ranges, long failed, long waitNanos, long forceNanos) {}
