package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

/** Looks for the first byte by which two segments of one size differ. */
final class ComparePipeline extends ChunkPipeline {
    private final MemorySegment first;
    private final MemorySegment second;
    private final VdmOperation[] operations;
    private long mismatch = -1;

    /** With a mover that has room for {@code depth} operations. */
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

    /** The offset of the first mismatch, after the run; -1 if there is none. */
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

    /** Chunks that were begun before may be in flight still, with a mismatch that is earlier. */
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
