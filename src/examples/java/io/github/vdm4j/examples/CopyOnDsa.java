package io.github.vdm4j.examples;

import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Copies a megabyte on a DSA device, without a native library. */
public final class CopyOnDsa {
    private static final long MEGABYTE = 1 << 20;

    /** Copies memory and prints the path and the counters of the work queues. */
    public static void main(String... args) {
        try (var mover = DsaDataMover.open(); Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate(MEGABYTE).fill((byte) 7);
            MemorySegment destination = arena.allocate(MEGABYTE);
            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
            copy.await();
            System.out.println("copied by " + copy.path());
            for (DsaQueue queue : mover.queues()) {
                System.out.printf("%s: %,d descriptors%n", queue.name(), queue.completions());
            }
        } catch (DsaUnavailableException e) {
            System.err.println(e.getMessage());
        }
    }
}
