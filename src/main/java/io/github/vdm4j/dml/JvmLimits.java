package io.github.vdm4j.dml;

/**
 * How long what the JVM executes on AUTO may be where no hardware runs, bytes each; 0 for nothing.
 *
 * @param copies the longest copy
 * @param fills the longest fill
 * @param operations the longest data operation or task of a batch
 */
record JvmLimits(long copies, long fills, long operations) {}
