package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlPath;
import org.openjdk.jmh.annotations.Benchmark;

/** Durable copies and flushes of native memory, by libpmem if it is installed. */
public class Durable extends Suite {
    /** A reusable operation, DML's software path, then the write-back. */
    @Benchmark
    public Object copy(Movers movers, Ranges ranges) {
        return Movers.finish(
                movers.reusable(DmlPath.SOFTWARE)
                        .memcpy(ranges.destination, ranges.source, VdmFlags.MEM_DURABLE)
                        .start());
    }

    /** The write-back of lines that may not be in a cache. */
    @Benchmark
    public Object flush(Movers movers, Ranges ranges) {
        return Movers.finish(movers.reusable(DmlPath.SOFTWARE).flush(ranges.destination).start());
    }
}
