package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.mover.DataMovers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

final class FirstCopy {
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = DataMovers.best()) {
            MemorySegment source = arena.allocate(1 << 20).fill((byte) 7);
            MemorySegment destination = arena.allocate(1 << 20);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source); // nothing has started
            copy.await(); // throws if the copy failed
            System.out.println(copy + ", equal: " + (destination.mismatch(source) == -1));
        }
    }
}
