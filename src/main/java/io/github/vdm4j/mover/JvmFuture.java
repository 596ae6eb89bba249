package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** An operation that the JVM's own copy and fill execute, on whichever thread calls. */
abstract class JvmFuture extends VdmFuture {
    /**
     * Not final: a handle that is no constant is never compiled into its caller. Compiled code throws the
     * error of an access to a missing page when it returns, so there has to be a return.
     */
    private static MethodHandle move;

    static {
        try {
            move =
                    MethodHandles.lookup()
                            .findVirtual(
                                    JvmFuture.class, "move", MethodType.methodType(void.class, MoveFunctions.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

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
        if (destination.isMapped() || source() != null && source().isMapped()) {
            moveOutOfLine(functions);
        } else {
            move(functions);
        }
        return durable ? succeedForced(ExecutionPath.JVM) : succeed(ExecutionPath.JVM);
    }

    private void move(MoveFunctions functions) {
        switch (type()) {
            case MEMCPY -> functions.memcpy().copy(destination(), source(), flags());
            case MEMMOVE -> functions.memmove().copy(destination(), source(), flags());
            case MEMSET -> functions.memset().fill(destination(), fillByte(), flags());
            case FLUSH -> {}
        }
    }

    /** So that the InternalError of a missing page (H28) is thrown here and not after the success was noted. */
    private void moveOutOfLine(MoveFunctions functions) {
        try {
            move.invokeExact(this, functions);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("move() declares no such exception", e);
        }
    }
}
