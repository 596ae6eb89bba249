package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.durability.CacheLineWriteBack;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.DurableMoves;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.kernel.PatternKernel;
import io.github.vdm4j.platform.PageFaults;
import io.github.vdm4j.platform.PageGuard;
import io.github.vdm4j.platform.PageUnavailableException;
import java.lang.foreign.MemorySegment;

/**
 * The copies and fills that AUTO executes without DML where no hardware runs, because that is
 * cheaper: a job of the software path costs fifty nanoseconds before it moves a byte, and where it
 * has moved them durably their cache lines are to be written back one by one.
 *
 * @param copies the longest copy that the JVM executes, bytes; 0 for none
 * @param fills the longest fill that the JVM executes, bytes; 0 for none
 * @param engines what may execute durable ones on memory that needs its cache lines written back;
 * null for DML
 */
record AutoMoves(long copies, long fills, Durability engines) {
    static final AutoMoves NONE = new AutoMoves(0, 0, null);

    /**
     * Parts of mapped files are short, so that little time passes between the check and the access.
     */
    private static final long MAPPED_PART = 4L << 20;

    /**
     * Who executes durable operations; null for DML. Looked for when there is one to execute: see
     * {@link Durability#lines}.
     */
    DurableMoves durably() {
        CacheLineWriteBack lines = engines == null ? null : engines.lines();
        return lines == null ? null : lines.moves();
    }

    /** The whole operation by the library of persistent memory, on the calling thread. */
    FutureState executeDurably(DmlFuture future, MemorySegment destination, MemorySegment source) {
        long length = destination.byteSize();
        boolean mapped =
                MemoryRegions.mayLackPages(destination) || MemoryRegions.mayLackPages(source);
        long done = 0;
        MemoryRegion onto = MemoryRegions.find(destination);
        MemoryRegion of = MemoryRegions.find(source);
        if (!MemoryRegions.pin(onto, of)) {
            return DmlFailures.bufferClosed(future);
        }
        try {
            if (!mapped) {
                move(future, destination, source);
                return future.succeeded(ExecutionPath.LIBPMEM);
            }
            boolean backwards = source != null
                    && destination.address() > source.address()
                    && destination.address() - source.address() < length;
            while (done < length) {
                long part = Math.min(length - done, MAPPED_PART);
                long offset = backwards ? length - done - part : done;
                PageGuard.bringIn(destination, offset, part, true);
                if (source != null) {
                    PageGuard.bringIn(source, offset, part, false);
                }
                move(future, destination.asSlice(offset, part),
                        source == null ? null : source.asSlice(offset, part));
                done += part;
            }
            return future.succeeded(ExecutionPath.LIBPMEM);
        } catch (WrongThreadException e) {
            throw e; // nothing was touched: the future stays idle, for a thread that may
        } catch (IllegalStateException e) {
            return DmlFailures.unusable(future, executed(done),
                    "a segment cannot be used any more: " + e.getMessage(),
                    e);
        } catch (PageUnavailableException e) {
            return DmlFailures.pageMissing(future, executed(done), done, e);
        } finally {
            MemoryRegions.unpin(onto, of);
        }
    }

    private void move(DmlFuture future, MemorySegment destination, MemorySegment source) {
        if (source == null) {
            durably().fill(destination, future.fill());
        } else {
            durably().copy(destination, source);
        }
    }

    private static ExecutionPath executed(long done) {
        return done == 0 ? ExecutionPath.NONE : ExecutionPath.LIBPMEM;
    }

    /** The whole operation, on the calling thread. */
    FutureState execute(DmlFuture future, MemorySegment destination, MemorySegment source) {
        MemoryRegion onto = MemoryRegions.find(destination);
        MemoryRegion of = MemoryRegions.find(source);
        if (!MemoryRegions.pin(onto, of)) {
            return DmlFailures.bufferClosed(future);
        }
        try {
            if (source == null) {
                PatternKernel.fill(destination, future.fill());
            } else {
                MemorySegment.copy(source, 0, destination, 0, destination.byteSize());
            }
            if (MemoryRegions.mayLackPages(destination) || MemoryRegions.mayLackPages(source)) {
                PageFaults.deliver();
            }
            return future.succeededInJvm(destination.byteSize());
        } catch (WrongThreadException e) {
            throw e; // nothing was touched: the future stays idle, for a thread that may
        } catch (IllegalStateException e) {
            return DmlFailures.unusable(
                    future, ExecutionPath.JVM,
                    "a segment cannot be used any more: " + e.getMessage(), e);
        } catch (InternalError e) {
            return DmlFailures.pageMissing(future, e, source, destination);
        } finally {
            MemoryRegions.unpin(onto, of);
        }
    }
}
