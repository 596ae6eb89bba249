package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

/** A pipeline that copies one segment to another segment. */
final class CopyPipeline extends ChunkPipeline {
    private final MemorySegment destination;
    private final MemorySegment source;
    private final VdmOperation[] operations;

    /** Creates a pipeline of {@code depth} operations. */
    CopyPipeline(
            Vdm mover, MemorySegment destination, MemorySegment source, long chunk, int depth,
            Progress progress) {
        super(source.byteSize(), chunk, depth, progress);
        this.destination = destination;
        this.source = source;
        operations =
                Stream.generate(mover::newOperation).limit(lanes()).toArray(VdmOperation[]::new);
    }

    @Override
    PollableFuture<?> operation(int lane) {
        return operations[lane];
    }

    @Override
    void prepare(int lane, long offset, long length) {
        operations[lane].memcpy(destination.asSlice(offset, length), source.asSlice(offset, length),
                VdmFlags.NONE);
    }

    @Override
    boolean finish(int lane, long offset) {
        operations[lane].orThrow();
        return true;
    }

    @Override
    ExecutionPath path(int lane) {
        return operations[lane].path();
    }
}
