package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

/** A pipeline that finds the first byte in which two segments of one size differ. */
final class ComparePipeline extends ChunkPipeline {
    private final MemorySegment first;
    private final MemorySegment second;
    private final VdmOperation[] operations;
    private long mismatch = -1;

    /** Creates a pipeline of {@code depth} operations. */
    ComparePipeline(
            Vdm mover, MemorySegment first, MemorySegment second, long chunk, int depth,
            Progress progress) {
        super(first.byteSize(), chunk, depth, progress);
        this.first = first;
        this.second = second;
        operations = Stream.generate(mover::newOperation)
                .limit(lanes())
                .toArray(VdmOperation[]::new);
    }

    /** Returns the offset of the first mismatch after the run, or -1. */
    long mismatch() {
        return mismatch;
    }

    @Override
    PollableFuture<?> operation(int lane) {
        return operations[lane];
    }

    @Override
    void prepare(int lane, long offset, long length) {
        operations[lane].compare(first.asSlice(offset, length), second.asSlice(offset, length));
    }

    /** Keeps the earliest mismatch, because earlier chunks can still be in flight. */
    @Override
    boolean finish(int lane, long offset) {
        operations[lane].orThrow();
        long found = operations[lane].value();
        if (found >= 0 && (mismatch < 0 || offset + found < mismatch)) {
            mismatch = offset + found;
        }
        return mismatch < 0;
    }

    @Override
    ExecutionPath path(int lane) {
        return operations[lane].path();
    }
}
