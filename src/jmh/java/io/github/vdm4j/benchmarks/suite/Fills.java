package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlPath;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;

/** Fills with a byte. */
public class Fills extends Suite {
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
