package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlPath;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Durable copies and flushes of native memory, by libpmem if it is installed. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Thread)
public class Durable {
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
