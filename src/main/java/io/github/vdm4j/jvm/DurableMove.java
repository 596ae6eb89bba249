package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.PageGuard;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.memory.DurableMoves;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;

/** The kernel of a durable copy or fill by libpmem, on the calling thread. */
public final class DurableMove {
    /** Parts are short, because pages of files must be present from the check to the access. */
    private static final long MAPPED_PART = 4L << 20;

    private DurableMove() {}

    /** Executes an operation. A {@link WrongThreadException} means that nothing was written. */
    public static FutureState execute(Operation<?> operation, DurableMoves moves) {
        MemoryRegion onto = MemoryRegions.find(operation.destination());
        MemoryRegion of = MemoryRegions.find(operation.source());
        if (!MemoryRegions.pin(onto, of, null)) {
            return CallerExecutor.failBufferClosed(operation);
        }
        try {
            return execute(operation, moves, operation.destination(), operation.source());
        } finally {
            MemoryRegions.unpin(onto, of, null);
        }
    }

    private static FutureState execute(Operation<?> operation, DurableMoves moves,
            MemorySegment destination, MemorySegment source) {
        long length = destination.byteSize();
        long done = 0;
        try {
            if (!MemoryRegions.mayLackPages(destination) && !MemoryRegions.mayLackPages(source)) {
                move(operation, moves, destination, source);
                return operation.succeed(ExecutionPath.LIBPMEM);
            }
            boolean backwards = source != null
                    && destination.address() > source.address()
                    && destination.address() - source.address() < length;
            while (done < length) {
                long part = Math.min(length - done, MAPPED_PART);
                long offset = backwards ? length - done - part : done;
                PageGuard.prefault(destination, offset, part, true);
                if (source != null) {
                    PageGuard.prefault(source, offset, part, false);
                }
                move(operation, moves, destination.asSlice(offset, part),
                        source == null ? null : source.asSlice(offset, part));
                done += part;
            }
            return operation.succeed(ExecutionPath.LIBPMEM);
        } catch (IllegalStateException e) {
            return operation.fail(executed(done), VdmResult.SEGMENT_UNUSABLE, null,
                    "failed: a segment can no longer be used: " + e.getMessage(), e, done);
        } catch (PageUnavailableException e) {
            return operation.fail(executed(done), VdmResult.IO_ERROR, null,
                    Message.of("failed after %,d bytes: %s", done, e.getMessage()), e, done);
        }
    }

    private static void move(Operation<?> operation, DurableMoves moves,
            MemorySegment destination, MemorySegment source) {
        if (source == null) {
            moves.fill(destination, operation.fillByte());
        } else {
            moves.copy(destination, source);
        }
    }

    private static ExecutionPath executed(long done) {
        return done == 0 ? ExecutionPath.NONE : ExecutionPath.LIBPMEM;
    }
}
