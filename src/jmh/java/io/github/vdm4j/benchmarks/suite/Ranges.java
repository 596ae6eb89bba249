package io.github.vdm4j.benchmarks.suite;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A source and a destination, page-aligned. */
@State(Scope.Thread)
public class Ranges {
    private static final long PAGE = 4096;

    /** The bytes of an operation. */
    @Param({"64", "1024", "16384", "262144", "4194304", "67108864"}) public long bytes;

    MemorySegment source;
    MemorySegment destination;

    /** Allocates the ranges. */
    @Setup
    public void make() {
        source = Arena.ofAuto().allocate(bytes, PAGE).fill((byte) 7);
        destination = Arena.ofAuto().allocate(bytes, PAGE).fill((byte) 1);
    }
}
