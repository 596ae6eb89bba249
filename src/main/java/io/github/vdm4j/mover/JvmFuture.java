package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.platform.PageUnavailableException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** An operation that the JVM's own copy and fill execute, on whichever thread calls. */
abstract class JvmFuture extends VdmFuture {
    /** Does the whole operation and takes note of its result, whatever happens. */
    final void execute(MoveFunctions functions, Durability durability) {
        try {
            run(functions, durability);
        } catch (WrongThreadException | IllegalStateException e) {
            fail(
                    ExecutionPath.JVM,
                    VdmResult.SEGMENT_UNUSABLE,
                    null,
                    "failed: a segment cannot be used any more: " + e.getMessage(),
                    e);
        } catch (InternalError e) {
            fail(
                    ExecutionPath.JVM,
                    VdmResult.IO_ERROR,
                    null,
                    "failed: a page of a mapped file is not there: the file was truncated, or its storage is full",
                    e);
        } catch (Throwable e) {
            completeWith(e);
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
            String reason = durability.whyNot(destination, kind);
            if (reason != null) {
                return fail(
                        ExecutionPath.NONE,
                        VdmResult.UNSUPPORTED,
                        null,
                        "cannot be made durable: " + reason,
                        null);
            }
        }
        move(functions);
        if (destination.isMapped() || (source() != null && source().isMapped())) {
            deliverPageFaults();
        }
        return kind == null ? succeed(ExecutionPath.JVM) : writeBack(durability, kind);
    }

    /**
     * A page that is not there makes compiled code go on for a while before it throws: long enough for an
     * operation to succeed that has read nothing. On the way back from a call of native code the JVM
     * throws at last.
     */
    private static void deliverPageFaults() {
        Thread.holdsLock(JvmFuture.class);
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
                || durability.whyNot(destination, durability.kindOf(destination)) == null;
    }

    /** Sends a thread away that cannot access the segments; the future stays idle. */
    final void requireAccess() {
        Thread thread = Thread.currentThread();
        if (!destination().isAccessibleBy(thread)
                || (source() != null && !source().isAccessibleBy(thread))) {
            throw new WrongThreadException(
                    "%s: a segment is confined to another thread than %s".formatted(type(), thread));
        }
    }

    /**
     * Keeps the buffers that the segments are views of open; false, and failed, if one is closing. The
     * caller keeps what it found for {@link MemoryRegions#unpin}: a segment may be wrapped meanwhile.
     */
    final boolean pin(MemoryRegion onto, MemoryRegion of) {
        if (MemoryRegions.pin(onto, of)) {
            return true;
        }
        fail(
                ExecutionPath.NONE,
                VdmResult.SEGMENT_UNUSABLE,
                null,
                "failed: a buffer was closed before the operation started",
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
