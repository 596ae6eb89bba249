package io.github.vdm4j.benchmarks.paired;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The two page-aligned ranges that all contestants of a contest work on.
 *
 * @param destination the destination, in an automatic arena
 * @param source the source, in an automatic arena
 */
record Buffers(MemorySegment destination, MemorySegment source) {
    private static final long PAGE = 4096;

    static Buffers of(long bytes) {
        Arena arena = Arena.ofAuto();
        MemorySegment source = arena.allocate(bytes, PAGE);
        source.fill((byte) 7); // An unwritten page is the zero page. It copies faster.
        MemorySegment destination = arena.allocate(bytes, PAGE);
        destination.fill((byte) 1);
        return new Buffers(destination, source);
    }

    /** Returns the same memory in a shared arena. Each native call must keep the arena open. */
    Buffers shared() {
        Arena arena = Arena.ofShared();
        return new Buffers(
                MemorySegment.ofAddress(destination.address())
                        .reinterpret(destination.byteSize(), arena, s -> keep()),
                MemorySegment.ofAddress(source.address())
                        .reinterpret(source.byteSize(), arena, s -> keep()));
    }

    /** Does nothing. The memory stays reachable, because the view refers to this object. */
    private void keep() {}
}
