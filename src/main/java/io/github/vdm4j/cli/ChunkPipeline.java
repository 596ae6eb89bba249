package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.CompletionQueue;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A pipeline that processes a range of bytes in chunks. Each chunk has an operation. Several
 * operations are in flight at the same time.
 */
final class ChunkPipeline {
    private final long bytes;
    private final long chunk;
    private final Progress progress;
    private final List<Lane> lanes;
    private final Preparation preparation;
    private final Result result;
    private final CompletionQueue<Lane> completions = new CompletionQueue<>();
    private final Map<ExecutionPath, Long> paths = new EnumMap<>(ExecutionPath.class);
    private long next;

    /** A function that prepares the operation on a chunk. */
    interface Preparation {
        void prepare(VdmOperation operation, long offset, long length);
    }

    /**
     * A function that processes the result of a success. It returns {@code false} if no further
     * chunk is needed.
     */
    interface Result {
        boolean finish(VdmOperation operation, long offset);
    }

    /** An operation and the chunk that it processes. */
    private static final class Lane {
        private final VdmOperation operation;
        private long offset;
        /** The length of the chunk, or 0 without a chunk. */
        private long length;

        Lane(VdmOperation operation) {
            this.operation = operation;
        }
    }

    /** Creates a pipeline of chunks of bytes. Both the chunk and the depth are above 0. */
    ChunkPipeline(Vdm mover, long bytes, long chunk, int depth, Progress progress,
            Preparation preparation, Result result) {
        this.bytes = bytes;
        this.chunk = chunk;
        this.progress = progress;
        this.preparation = preparation;
        this.result = result;
        lanes = Stream.generate(() -> new Lane(mover.newOperation()))
                .limit(Math.min(depth, Math.ceilDiv(bytes, chunk)))
                .toList();
    }

    /**
     * Processes the whole range of some files. When this returns or throws, no operation is in
     * flight.
     *
     * @param task the task in words, for the message of a failure
     * @return the number of chunks by path
     * @throws CommandFailure if the size of a file has changed, or the operation on a chunk failed
     */
    Map<ExecutionPath, Long> run(String task, InputFile... files) throws CommandFailure {
        VdmException failure = null;
        try {
            run();
        } catch (VdmException e) {
            failure = e;
        }
        for (InputFile file : files) {
            file.refuseIfResized(); // Otherwise a missing page would be the reported cause.
        }
        if (failure != null) {
            throw new CommandFailure("cannot " + task + ": " + failure.getMessage(), failure);
        }
        return paths;
    }

    private void run() {
        progress.begin(bytes);
        try {
            lanes.forEach(this::startNext);
            while (!completions.isEmpty()) {
                Lane lane = completions.take().attachment();
                finish(lane);
                startNext(lane);
            }
        } finally {
            // Only a failure leaves operations in flight.
            // The segments must stay alive until these operations have ended.
            for (Lane lane : lanes) {
                if (lane.length > 0 && !lane.operation.cancel()) {
                    lane.operation.busyPoll();
                }
            }
            progress.end();
        }
    }

    private void startNext(Lane lane) {
        long length = Math.min(chunk, bytes - next);
        if (length > 0) {
            preparation.prepare(lane.operation, next, length);
            lane.offset = next;
            lane.length = length;
            next += length;
            completions.add(lane.operation, lane);
        }
    }

    private void finish(Lane lane) {
        long length = lane.length;
        lane.length = 0;
        lane.operation.orThrow();
        if (!result.finish(lane.operation, lane.offset)) {
            next = bytes;
        }
        paths.merge(lane.operation.path(), 1L, Long::sum);
        progress.moved(length);
    }
}
