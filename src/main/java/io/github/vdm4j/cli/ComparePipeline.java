package io.github.vdm4j.cli;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import java.lang.foreign.MemorySegment;

/** A pipeline that finds the first byte in which two segments of one size differ. */
final class ComparePipeline extends ChunkPipeline {
    private final MemorySegment first;
    private final MemorySegment second;
    private long mismatch = -1;

    /** Creates a pipeline of {@code depth} operations. */
    ComparePipeline(
            Vdm mover, MemorySegment first, MemorySegment second, long chunk, int depth,
            Progress progress) {
        super(mover, first.byteSize(), chunk, depth, progress);
        this.first = first;
        this.second = second;
    }

    /** Returns the offset of the first mismatch after the run, or -1. */
    long mismatch() {
        return mismatch;
    }

    @Override
    void prepare(VdmOperation operation, long offset, long length) {
        operation.compare(first.asSlice(offset, length), second.asSlice(offset, length));
    }

    /** Keeps the earliest mismatch, because earlier chunks can still be in flight. */
    @Override
    boolean finish(VdmOperation operation, long offset) {
        long found = operation.value();
        if (found >= 0 && (mismatch < 0 || offset + found < mismatch)) {
            mismatch = offset + found;
        }
        return mismatch < 0;
    }
}
