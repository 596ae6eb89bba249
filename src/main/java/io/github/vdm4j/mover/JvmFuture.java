package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.Durability.Refusal;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.execution.Access;
import io.github.vdm4j.execution.JvmFailures;
import io.github.vdm4j.execution.Pins;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.platform.PageFaults;
import io.github.vdm4j.platform.PageUnavailableException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** An operation that the JVM's own copy and fill execute, on whichever thread calls. */
abstract class JvmFuture extends VdmFuture {
    /** Does the whole operation and takes note of its result, whatever happens. */
    final void execute(MoveFunctions functions, Durability durability) {
        try {
            run(functions, durability);
        } catch (Throwable e) {
            fail(ExecutionPath.JVM, JvmFailures.result(e, source(), destination()), null,
                    JvmFailures.reason(e, source(), destination()), e);
        }
    }

    private FutureState run(MoveFunctions functions, Durability durability) {
        MemorySegment destination = destination();
        if (destination.byteSize() == 0) {
            return succeed(ExecutionPath.NONE);
        }
        WriteBackKind kind = null;
        if (isDurable()) {
            kind = durability.kindOf(destination);
            Refusal refusal = durability.refusal(destination, kind, false);
            if (refusal != null) {
                return fail(ExecutionPath.NONE, refusal.result(), null, refusal.reason(), null);
            }
        }
        move(functions);
        if (MemoryRegions.mayLackPages(destination) || MemoryRegions.mayLackPages(source())) {
            PageFaults.deliver();
        }
        return kind == null ? succeed(ExecutionPath.JVM) : writeBack(durability, kind);
    }

    private FutureState writeBack(Durability durability, WriteBackKind kind) {
        boolean flush = type() == VdmOperationType.FLUSH;
        boolean byLibrary = kind == WriteBackKind.CACHE_LINES && durability.lines() != null;
        ExecutionPath path = flush && byLibrary ? ExecutionPath.LIBPMEM : ExecutionPath.JVM;
        try {
            durability.writeBack(destination(), kind);
            return succeed(path);
        } catch (IOException | PageUnavailableException e) {
            return failWriteBack(path, e);
        }
    }

    static boolean supports(Durability durability, VdmFlags flags, MemorySegment destination) {
        return !flags.contains(VdmFlags.MEM_DURABLE)
                || durability.supports(destination, false);
    }

    /** Sends a thread away that cannot access the segments; the future stays idle. */
    final void requireAccess() {
        Access.require(type(), destination());
        Access.require(type(), source());
    }

    /**
     * Keeps the buffers that the segments are views of open; false, and failed, if one is closing.
     * The caller keeps what it found for {@link MemoryRegions#unpin}: a segment may be wrapped
     * meanwhile.
     */
    final boolean pin(MemoryRegion onto, MemoryRegion of) {
        if (MemoryRegions.pin(onto, of)) {
            return true;
        }
        fail(
                ExecutionPath.NONE,
                VdmResult.SEGMENT_UNUSABLE,
                null,
                Pins.CLOSED,
                null);
        return false;
    }

    private void move(MoveFunctions functions) {
        switch (type()) {
            case MEMCPY -> functions.memcpy().copy(destination(), source(), flags());
            case MEMMOVE -> functions.memmove().copy(destination(), source(), flags());
            case MEMSET -> functions.memset().fill(destination(), fillByte(), flags());
            default -> {} // a flush moves nothing
        }
    }
}
