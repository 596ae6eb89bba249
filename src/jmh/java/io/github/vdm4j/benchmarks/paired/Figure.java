package io.github.vdm4j.benchmarks.paired;

/**
 * A measured value that is not a ratio of two contestants, such as a percentile of a latency. A
 * group adds it to {@link Groups#figures}.
 *
 * @param id the measure that it belongs to, P16 for example
 * @param what the measured quantity in words
 * @param unit its unit
 * @param value the measured value
 * @param atMost the required bound, or infinity for information only
 */
public record Figure(String id, String what, String unit, double value, double atMost) {}
