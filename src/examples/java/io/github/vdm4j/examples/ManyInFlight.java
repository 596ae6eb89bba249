package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.future.CompletionQueue;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Writes thousands of pages at the same time, and releases each page after its write. */
public final class ManyInFlight {
    /** A page in memory and its place in the file. */
    record Page(MemorySegment slot, MemorySegment bytes, List<MemorySegment> free) {
        void release() {
            free.add(bytes);
        }
    }

    static void write(Vdm mover, List<Page> dirty) {
        var done = new CompletionQueue<Page>();
        for (Page page : dirty) {
            done.add(mover.memcpy(page.slot(), page.bytes()), page);
        }
        while (!done.isEmpty()) {
            var entry = done.take(); // waits for the next complete page
            entry.future().orThrow();
            entry.attachment().release();
        }
    }

    /** Writes 4,096 pages, and prints the number of released pages. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment slots = arena.allocate(4_096 * 512);
            List<MemorySegment> free = new ArrayList<>();
            List<Page> dirty = new ArrayList<>();
            for (int i = 0; i < 4_096; i++) {
                dirty.add(new Page(slots.asSlice(i * 512L, 512),
                        arena.allocate(512).fill((byte) i), free));
            }
            write(mover, dirty);
            boolean equal = dirty.stream().allMatch(page -> page.slot().mismatch(page.bytes()) < 0);
            System.out.println(free.size() + " pages released, equal: " + equal);
        }
    }
}
