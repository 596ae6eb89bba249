package io.github.vdm4j.cli;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import java.lang.foreign.MemorySegment;

/** A pipeline that copies one segment to another segment. */
final class CopyPipeline extends ChunkPipeline {
    private final MemorySegment destination;
    private final MemorySegment source;

    /** Creates a pipeline of {@code depth} operations. */
    CopyPipeline(
            Vdm mover, MemorySegment destination, MemorySegment source, long chunk, int depth,
            Progress progress) {
        super(mover, source.byteSize(), chunk, depth, progress);
        this.destination = destination;
        this.source = source;
    }

    @Override
    void prepare(VdmOperation operation, long offset, long length) {
        operation.memcpy(destination.asSlice(offset, length), source.asSlice(offset, length),
                VdmFlags.NONE);
    }

    @Override
    boolean finish(VdmOperation operation, long offset) {
        return true;
    }
}
