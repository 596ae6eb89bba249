package io.github.vdm4j.jvm;

import java.lang.foreign.MemorySegment;

/** The kernel that copies a source to two destinations. */
public final class DualcastKernel {
    /** The bytes of a piece. The three pieces fit into a core's L2 cache. */
    private static final int PIECE = 1 << 17;

    private DualcastKernel() {}

    /** Copies a source to two destinations. All ranges have the same size and are disjoint. */
    public static void copy(MemorySegment first, MemorySegment second, MemorySegment source) {
        long size = source.byteSize();
        for (long done = 0; done < size; done += PIECE) {
            long piece = Math.min(PIECE, size - done);
            MemorySegment.copy(source, done, first, done, piece);
            MemorySegment.copy(source, done, second, done, piece);
        }
    }
}
