package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Copies in chunks that are in flight at the same time, and waits for all of them. */
public final class PollMany {
    private static final long CHUNK = 1 << 20;

    static void copyInChunks(Vdm mover, MemorySegment destination, MemorySegment source) {
        List<VdmFuture<VdmOutput>> chunks = new ArrayList<>();
        for (long at = 0; at < source.byteSize(); at += CHUNK) {
            long length = Math.min(CHUNK, source.byteSize() - at);
            chunks.add(mover.memcpy(destination.asSlice(at, length), source.asSlice(at, length)));
        }
        // polls, and sleeps when only wakers can bring progress
        new FutureRuntime().waitAll(chunks);
        chunks.forEach(VdmFuture::orThrow);
    }

    /** Copies more than 10 MB and prints the result. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment source = arena.allocate(10 * CHUNK + 7).fill((byte) 3);
            MemorySegment destination = arena.allocate(source.byteSize());
            copyInChunks(mover, destination, source);
            System.out.println("equal: " + (destination.mismatch(source) == -1));
        }
    }
}
