package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;

/**
 * A pipeline that computes the CRC-32C of a segment. Each chunk continues the CRC of the previous
 * chunk.
 */
final class CrcPipeline extends ChunkPipeline {
    private final MemorySegment source;
    private final VdmOperation operation;
    private int crc;

    CrcPipeline(Vdm mover, MemorySegment source, long chunk, Progress progress) {
        super(source.byteSize(), chunk, 1, progress);
        this.source = source;
        operation = mover.newOperation();
    }

    /** Returns the CRC of the processed bytes. */
    int crc() {
        return crc;
    }

    @Override
    PollableFuture<?> operation(int lane) {
        return operation;
    }

    @Override
    void prepare(int lane, long offset, long length) {
        operation.crc32c(source.asSlice(offset, length), CrcOptions.STANDARD.withSeed(crc));
    }

    @Override
    boolean finish(int lane, long offset) {
        operation.orThrow();
        crc = (int) operation.value();
        return true;
    }

    @Override
    ExecutionPath path(int lane) {
        return operation.path();
    }
}
