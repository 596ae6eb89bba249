package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;

/** An operation that the JVM's own copy and fill execute, on whichever thread calls. */
abstract class JvmFuture extends VdmFuture {

    /** Does the whole operation and takes note of its result, whatever happens. */
    final void execute(MoveFunctions functions) {
        try {
            run(functions);
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

    private FutureState run(MoveFunctions functions) {
        MemorySegment destination = destination();
        VdmOperationType type = type();
        VdmFlags flags = flags();
        if (destination.byteSize() == 0) {
            return succeed(ExecutionPath.NONE);
        }
        boolean durable = type == VdmOperationType.FLUSH || flags.contains(VdmFlags.MEM_DURABLE);
        if (durable && !destination.isMapped()) {
            return fail(
                    ExecutionPath.NONE,
                    VdmResult.UNSUPPORTED,
                    null,
                    "cannot be made durable: pure Java can write back mapped files only, and the destination is "
                            + (destination.isNative() ? "native memory that is not known to be one" : "on the heap")
                            + "; see DmlDataMover",
                    null);
        }
        switch (type) {
            case MEMCPY -> functions.memcpy().copy(destination, source(), flags);
            case MEMMOVE -> functions.memmove().copy(destination, source(), flags);
            case MEMSET -> functions.memset().fill(destination, fillByte(), flags);
            case FLUSH -> {}
        }
        return durable ? succeedForced(ExecutionPath.JVM) : succeed(ExecutionPath.JVM);
    }
}
