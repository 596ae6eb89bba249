package io.github.vdm4j.benchmarks.suite;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.benchmarks.peers.BareJob;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;

/** Copies on every mover, and with the alternatives to vdm4j. */
public class Copies extends Suite {
    private static final MethodHandle MEMCPY = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("memcpy").orElseThrow(),
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));

    private BareJob job;

    /** A future for each copy, DML's software path. */
    @Benchmark
    public Object dmlSoftware(Movers movers, Ranges ranges) {
        return Movers
                .finish(movers.dml(DmlPath.SOFTWARE).memcpy(ranges.destination, ranges.source));
    }

    /** A reusable operation, DML's software path. */
    @Benchmark
    public Object dmlSoftwareReusable(Movers movers, Ranges ranges) {
        return Movers.finish(
                movers.reusable(DmlPath.SOFTWARE)
                        .memcpy(ranges.destination, ranges.source, VdmFlags.NONE)
                        .start());
    }

    /** A future for each copy, on the path that AUTO chooses. */
    @Benchmark
    public Object dmlAuto(Movers movers, Ranges ranges) {
        return Movers.finish(movers.dml(DmlPath.AUTO).memcpy(ranges.destination, ranges.source));
    }

    /** A reusable operation, on the path that AUTO chooses. */
    @Benchmark
    public Object dmlAutoReusable(Movers movers, Ranges ranges) {
        return Movers.finish(
                movers.reusable(DmlPath.AUTO)
                        .memcpy(ranges.destination, ranges.source, VdmFlags.NONE)
                        .start());
    }

    /** A worker thread and a caller that both spin. */
    @Benchmark
    public Object threads(Movers movers, Ranges ranges) {
        return Movers.finish(movers.threads().memcpy(ranges.destination, ranges.source));
    }

    /** The calling thread. */
    @Benchmark
    public Object sync(Movers movers, Ranges ranges) {
        return Movers.finish(movers.sync().memcpy(ranges.destination, ranges.source));
    }

    /** The JDK. */
    @Benchmark
    public void jdk(Ranges ranges) {
        MemorySegment.copy(ranges.source, 0, ranges.destination, 0, ranges.bytes);
    }

    /** The C library, called for each copy. */
    @Benchmark
    public MemorySegment libc(Ranges ranges) throws Throwable {
        return (MemorySegment) MEMCPY.invokeExact(ranges.destination, ranges.source, ranges.bytes);
    }

    /** DML's functions on one job, called for each copy. */
    @Benchmark
    public void bareDowncalls(Ranges ranges) throws Throwable {
        if (job == null) {
            job = new BareJob(DmlLibrary.open().location());
        }
        job.copy(ranges.destination, ranges.source);
    }

    /** The common pool, and a caller that sleeps until the copy is complete. */
    @Benchmark
    public Object supplyAsync(Ranges ranges) {
        return CompletableFuture.supplyAsync(() -> ranges.destination.copyFrom(ranges.source))
                .join();
    }
}
