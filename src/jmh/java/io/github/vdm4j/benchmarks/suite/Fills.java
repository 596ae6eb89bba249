package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlPath;
import java.lang.foreign.MemorySegment;
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

/** Fills with a byte. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Thread)
public class Fills {
    /** A reusable operation, DML's software path. */
    @Benchmark
    public Object dmlSoftwareReusable(Movers movers, Ranges ranges) {
        return Movers
                .finish(movers.reusable(DmlPath.SOFTWARE)
                        .memset(ranges.destination, (byte) 5, VdmFlags.NONE)
                        .start());
    }

    /** A reusable operation, on the path that AUTO chooses. */
    @Benchmark
    public Object dmlAutoReusable(Movers movers, Ranges ranges) {
        return Movers.finish(movers.reusable(DmlPath.AUTO)
                .memset(ranges.destination, (byte) 5, VdmFlags.NONE)
                .start());
    }

    /** The JDK. */
    @Benchmark
    public MemorySegment jdk(Ranges ranges) {
        return ranges.destination.fill((byte) 5);
    }
}
