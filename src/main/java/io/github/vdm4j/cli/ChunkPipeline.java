package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Copies one segment to another in chunks, some of them in flight at any time. */
final class ChunkPipeline {
    private final MemorySegment destination;
    private final MemorySegment source;
    private final long chunk;
    private final Progress progress;
    private final VdmOperation[] lanes;
    private final long[] inFlight;
    private final Map<ExecutionPath, Long> paths = new EnumMap<>(ExecutionPath.class);
    private final Thread poller = Thread.currentThread();
    private final Notifier notifier = Notifier.of(this::wake);
    private volatile boolean woken;
    private long next;

    /**
     * Prepares a copy, to be run by the calling thread.
     *
     * @param mover the mover, which has room for {@code depth} operations
     * @param chunk bytes in a chunk, above 0; the last may be shorter
     * @param depth how many chunks are in flight at most, above 0
     */
    ChunkPipeline(
            Vdm mover,
            MemorySegment destination,
            MemorySegment source,
            long chunk,
            int depth,
            Progress progress) {
        this.destination = destination;
        this.source = source;
        this.chunk = chunk;
        this.progress = progress;
        long chunks = Math.ceilDiv(source.byteSize(), chunk);
        lanes = new VdmOperation[(int) Math.min(depth, chunks)];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = mover.newOperation();
        }
        inFlight = new long[lanes.length];
    }

    /**
     * Copies everything. When this returns or throws, no operation is in flight.
     *
     * @return how many chunks took which path
     * @throws io.github.vdm4j.VdmException if a chunk could not be copied
     */
    Map<ExecutionPath, Long> run() {
        try {
            for (int lane = 0; lane < lanes.length; lane++) {
                prepareNext(lane);
            }
            pollToTheEnd();
            return paths;
        } finally {
            // Only after a failure is there anything left. The segments must outlive what uses them.
            for (int lane = 0; lane < lanes.length; lane++) {
                if (inFlight[lane] > 0 && !lanes[lane].cancel()) {
                    lanes[lane].busyPoll();
                }
            }
        }
    }

    private void pollToTheEnd() {
        IdleStrategy idle = IdleStrategy.backOff();
        int fruitless = 0;
        while (true) {
            woken = false; // before the polls, so that no wake-up after one is lost
            boolean progressed = false;
            boolean waiting = false;
            boolean wakersOnly = true;
            for (int lane = 0; lane < lanes.length; lane++) {
                if (inFlight[lane] == 0) {
                    continue;
                }
                waiting = true;
                if (lanes[lane].poll(notifier) == FutureState.COMPLETE) {
                    finish(lane);
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
        long length = Math.min(chunk, source.byteSize() - next);
        if (length > 0) {
            lanes[lane].memcpy(destination.asSlice(next, length), source.asSlice(next, length), VdmFlags.NONE);
            inFlight[lane] = length;
            next += length;
        }
    }

    private void finish(int lane) {
        long length = inFlight[lane];
        inFlight[lane] = 0;
        lanes[lane].orThrow();
        paths.merge(lanes[lane].path(), 1L, Long::sum);
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
