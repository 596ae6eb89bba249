package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A pipeline that processes a range of bytes in chunks. Each chunk has an operation. Several
 * operations are in flight at the same time.
 */
abstract class ChunkPipeline {
    private final long bytes;
    private final long chunk;
    private final Progress progress;
    private final int lanes;
    private final VdmOperation[] operations;
    private final long[] begins;
    private final long[] inFlight;
    private final Map<ExecutionPath, Long> paths = new EnumMap<>(ExecutionPath.class);
    private final Thread poller = Thread.currentThread();
    private final Notifier notifier = Notifier.of(this::wake);
    private volatile boolean woken;
    private long next;

    /**
     * Creates a pipeline for the calling thread.
     *
     * @param mover executes the operations
     * @param bytes the length of the range
     * @param chunk bytes in a chunk, above 0. The last chunk may be shorter
     * @param depth the largest number of chunks in flight, above 0
     */
    ChunkPipeline(Vdm mover, long bytes, long chunk, int depth, Progress progress) {
        this.bytes = bytes;
        this.chunk = chunk;
        this.progress = progress;
        lanes = (int) Math.min(depth, Math.ceilDiv(bytes, chunk));
        operations = Stream.generate(mover::newOperation).limit(lanes).toArray(VdmOperation[]::new);
        begins = new long[lanes];
        inFlight = new long[lanes];
    }

    /** Prepares an operation for a chunk. */
    abstract void prepare(VdmOperation operation, long offset, long length);

    /**
     * Processes the result of an operation that has succeeded.
     *
     * @return {@code false} if no further chunk is needed
     */
    boolean finish(VdmOperation operation, long offset) {
        return true;
    }

    /**
     * Processes the whole range. When this returns or throws, no operation is in flight.
     *
     * @return the number of chunks by path
     * @throws io.github.vdm4j.VdmException if the operation on a chunk failed
     */
    final Map<ExecutionPath, Long> run() {
        try {
            for (int lane = 0; lane < lanes; lane++) {
                prepareNext(lane);
            }
            pollToTheEnd();
            return paths;
        } finally {
            // Only a failure leaves operations in flight.
            // The segments must stay alive until these operations have ended.
            for (int lane = 0; lane < lanes; lane++) {
                if (inFlight[lane] > 0 && !operations[lane].cancel()) {
                    operations[lane].busyPoll();
                }
            }
        }
    }

    private void pollToTheEnd() {
        IdleStrategy idle = IdleStrategy.backOff();
        int fruitless = 0;
        while (true) {
            woken = false; // A reset after the polls could lose a wake-up.
            boolean progressed = false;
            boolean waiting = false;
            boolean wakersOnly = true;
            for (int lane = 0; lane < lanes; lane++) {
                if (inFlight[lane] == 0) {
                    continue;
                }
                waiting = true;
                if (operations[lane].poll(notifier) == FutureState.COMPLETE) {
                    take(lane);
                    prepareNext(lane);
                    progressed = true;
                } else {
                    wakersOnly &= notifier.used() == NotifierType.WAKER;
                }
            }
            if (!waiting) {
                return;
            }
            if (progressed) {
                fruitless = 0;
            } else if (wakersOnly) {
                sleep();
            } else {
                idle.idle(fruitless++);
            }
        }
    }

    private void prepareNext(int lane) {
        long length = Math.min(chunk, bytes - next);
        if (length > 0) {
            prepare(operations[lane], next, length);
            begins[lane] = next;
            inFlight[lane] = length;
            next += length;
        }
    }

    private void take(int lane) {
        long length = inFlight[lane];
        inFlight[lane] = 0;
        operations[lane].orThrow();
        if (!finish(operations[lane], begins[lane])) {
            next = bytes;
        }
        paths.merge(operations[lane].path(), 1L, Long::sum);
        progress.moved(length);
    }

    private void sleep() {
        while (!woken) {
            LockSupport.park(this);
        }
    }

    private void wake() {
        woken = true;
        LockSupport.unpark(poller);
    }
}
