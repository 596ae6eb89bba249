package io.github.vdm4j.benchmarks.durable;

import java.util.List;
import java.util.Map;

/**
 * The result of {@link DurableAppends}.
 *
 * @param fileSystem the type of the file system
 * @param forceMicros the median time in microseconds of a force of a dirty page
 * @param files the results for each kind of file
 * @param polls the first polls, empty if they were not measured
 */
public record DurableResult(String fileSystem, double forceMicros, List<PerFile> files,
        List<Poll> polls) {
    /**
     * The results for a kind of file.
     *
     * @param options the options of the mapping in words
     * @param rates records, or groups of records, for each second, by contestant
     * @param ratios ratios of rates, by measure
     */
    public record PerFile(String options, Map<String, Double> rates, Map<String, Double> ratios) {}

    /**
     * The times of the first polls of an operation.
     *
     * @param mover the mover
     * @param operation the operation
     * @param bytes its bytes
     * @param medianMicros the median in microseconds
     * @param p99Micros the 99th percentile in microseconds
     * @param p99ProcessorMicros the 99th percentile of the processor time in microseconds
     */
    public record Poll(String mover, String operation, long bytes, double medianMicros,
            double p99Micros, double p99ProcessorMicros) {}
}
