package io.github.vdm4j.cli;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;

/**
 * A pipeline that computes the CRC-32C of a segment. Each chunk continues the CRC of the previous
 * chunk.
 */
final class CrcPipeline extends ChunkPipeline {
    private final MemorySegment source;
    private int crc;

    CrcPipeline(Vdm mover, MemorySegment source, long chunk, Progress progress) {
        super(mover, source.byteSize(), chunk, 1, progress);
        this.source = source;
    }

    /** Returns the CRC of the processed bytes. */
    int crc() {
        return crc;
    }

    @Override
    void prepare(VdmOperation operation, long offset, long length) {
        operation.crc32c(source.asSlice(offset, length), CrcOptions.STANDARD.withSeed(crc));
    }

    @Override
    boolean finish(VdmOperation operation, long offset) {
        crc = (int) operation.value();
        return true;
    }
}
