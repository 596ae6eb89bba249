package io.github.vdm4j.benchmarks.paired;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The two page-aligned ranges that all contestants of a contest work on.
 *
 * @param destination in an automatic arena
 * @param source likewise
 */
record Buffers(MemorySegment destination, MemorySegment source) {
    private static final long PAGE = 4096;

    static Buffers of(long bytes) {
        Arena arena = Arena.ofAuto();
        MemorySegment source = arena.allocate(bytes, PAGE);
        source.fill((byte) 7); // a page that was never written is the zero page, which copies faster
        MemorySegment destination = arena.allocate(bytes, PAGE);
        destination.fill((byte) 1);
        return new Buffers(destination, source);
    }

    /** The same memory as segments of a shared arena, which each native call has to hold open. */
    Buffers shared() {
        Arena arena = Arena.ofShared();
        return new Buffers(
                MemorySegment.ofAddress(destination.address())
                        .reinterpret(destination.byteSize(), arena, s -> keep()),
                MemorySegment.ofAddress(source.address())
                        .reinterpret(source.byteSize(), arena, s -> keep()));
    }

    /** Called when the view is freed, if ever: until then the memory stays reachable. */
    private void keep() {}
}
