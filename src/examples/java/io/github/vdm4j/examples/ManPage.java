package io.github.vdm4j.examples;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.DmlDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The example of the man page miniasync_vdm_dml(7), in Java. */
final class ManPage {
    static void copyDurably(MemorySegment destination, MemorySegment source) {
        try (DmlDataMover mover = DmlDataMover.open()) {
            mover.memcpy(destination, source, VdmFlags.MEM_DURABLE).await();
        }
    }

    public static void main(String[] args) throws IOException {
        try (OffHeapBuffer file = OffHeapBuffer.map(Path.of(args[0]), 0, 4096);
                Arena arena = Arena.ofShared()) {
            copyDurably(file.segment(), arena.allocate(4096).fill((byte) 7));
            System.out.println("durable");
        }
    }
}
