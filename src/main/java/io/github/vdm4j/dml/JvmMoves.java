package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.platform.PageFaults;
import java.lang.foreign.MemorySegment;

/**
 * The copies and fills that AUTO leaves to the JVM where no hardware runs: a job of DML's software path costs fifty
 * nanoseconds before it moves a byte.
 *
 * @param copies the longest copy, bytes; 0 for none
 * @param fills the longest fill, bytes; 0 for none
 */
record JvmMoves(long copies, long fills) {
    static final JvmMoves NONE = new JvmMoves(0, 0);

    /** Whether the JVM executes a copy, or a fill if there is no source. */
    boolean take(MemorySegment source, long length) {
        return length <= (source == null ? fills : copies);
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
                destination.fill(future.fill());
            } else {
                MemorySegment.copy(source, 0, destination, 0, destination.byteSize());
            }
            if (destination.isMapped() || (source != null && source.isMapped())) {
                PageFaults.deliver();
            }
            return future.succeeded(ExecutionPath.JVM);
        } catch (WrongThreadException e) {
            throw e; // nothing was touched: the future stays idle, for a thread that may
        } catch (IllegalStateException e) {
            return DmlFailures.unusable(
                    future, ExecutionPath.JVM, "a segment cannot be used any more: " + e.getMessage(), e);
        } catch (InternalError e) {
            return DmlFailures.pageMissing(future, e);
        } finally {
            MemoryRegions.unpin(onto, of);
        }
    }
}
