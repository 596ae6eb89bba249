package io.github.vdm4j;

/**
 * What the forces of a file have done in this process. A force writes the pages of mapped ranges to
 * the storage. Operations of all movers share the forces of a file.
 *
 * @param forces groups of requests that were forced together
 * @param requests ranges that operations asked to be forced
 * @param ranges ranges that were passed to the system, after merging
 * @param failed forces of which a range failed
 * @param waitNanos how long forces waited for further requests
 * @param forceNanos how long the system took
 */
public record ForceCounters(
        long forces, long requests, long ranges, long failed, long waitNanos, long forceNanos) {}
