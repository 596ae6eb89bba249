package io.github.vdm4j.operation;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import java.io.IOException;

/**
 * How one operation ended and what it found out. For implementors of movers: users get futures and
 * results.
 *
 * <p>Written by the thread that executes the operation, read once the future is complete.
 *
 * <p>C counterpart: the completion record of a descriptor.
 */
public final class CompletionRecord {
    private static final VdmResult[] RESULTS = VdmResult.values();
    private static final ExecutionPath[] PATHS = ExecutionPath.values();
    private static final int NOT_RUN = VdmResult.NOT_RUN.ordinal();
    private static final int NONE = ExecutionPath.NONE.ordinal();

    /**
     * Result and path, 8 bits each, as numbers: a reference costs more to store. A new record has
     * 0, not run by anything.
     */
    private int end;

    private int outcome;
    private long value;

    // Of a failure; what an operation that was done left here before does not count.
    private VdmStatus status;
    private String reason;
    private Throwable cause;

    CompletionRecord() {}

    void reset() {
        end = 0;
        outcome = 0;
        value = 0;
        if (reason != null) { // as every failure has one; storing null makes work, too
            status = null;
            reason = null;
            cause = null;
        }
    }

    private void end(ExecutionPath path, VdmResult result) {
        end = result.ordinal() ^ NOT_RUN | (path.ordinal() ^ NONE) << 8;
    }

    /**
     * The operation is done and has nothing to tell.
     *
     * @param executed what executed it
     */
    public void succeed(ExecutionPath executed) {
        succeed(executed, 0, 0);
    }

    /**
     * The operation is done.
     *
     * @param executed what executed it
     * @param found the offset of the first mismatch or of the failing block, -1 for none; or the
     * CRC in the low 32 bits; or the delta record's size in bytes
     * @param how the ordinal of {@link DeltaResult.Outcome}, or the bits of the {@link DifError}s,
     * else 0
     */
    public void succeed(ExecutionPath executed, long found, int how) {
        end(executed, VdmResult.SUCCESS);
        value = found;
        outcome = how;
    }

    /**
     * The operation failed.
     *
     * @param executed what executed it, {@link ExecutionPath#NONE} if nothing did
     * @param how the result, not {@link VdmResult#SUCCESS}
     * @param code the status of the library behind the mover, or null
     * @param why what went wrong, to follow "compare of 64 bytes "
     * @param underneath the failure underneath, or null
     */
    public void fail(ExecutionPath executed, VdmResult how, VdmStatus code, String why,
            Throwable underneath) {
        end(executed, how);
        status = code;
        reason = why;
        cause = underneath;
    }

    /**
     * The bytes were written but could not be made durable.
     *
     * @param executed what wrote the bytes
     * @param underneath an {@link IOException} of the storage, or the exception for a
     * segment whose arena was closed
     */
    public void failWriteBack(ExecutionPath executed, Exception underneath) {
        boolean closed = underneath instanceof IllegalStateException;
        fail(
                executed,
                closed ? VdmResult.SEGMENT_UNUSABLE : VdmResult.IO_ERROR,
                null,
                closed
                        ? "failed: the arena of a destination was closed before it was written back"
                        : underneath instanceof IOException
                                ? "failed: the bytes are in memory but could not be written back: "
                                        + underneath.getMessage()
                                : "failed: " + underneath.getMessage(),
                underneath);
    }

    /**
     * The task of a batch is not run.
     *
     * @param place the place of the first task that failed of those before its fence
     * @param failed what that task was to do
     */
    public void abandon(int place, Descriptor failed) {
        fail(
                ExecutionPath.NONE,
                VdmResult.NOT_RUN,
                null,
                "was not run, because task %,d, the %s before its fence, failed".formatted(place,
                        failed),
                null);
    }

    /**
     * How the operation ended.
     *
     * @return the result; {@link VdmResult#NOT_RUN} until it has
     */
    public VdmResult result() {
        return RESULTS[end & 0xff ^ NOT_RUN];
    }

    /**
     * What executed the operation.
     *
     * @return the path
     */
    public ExecutionPath path() {
        return PATHS[end >> 8 ^ NONE];
    }

    /**
     * What the operation found.
     *
     * @return see {@link #succeed(ExecutionPath, long, int)}
     */
    public long value() {
        return value;
    }

    /**
     * How it turned out.
     *
     * @return see {@link #succeed(ExecutionPath, long, int)}
     */
    public int outcome() {
        return outcome;
    }

    VdmStatus status() {
        return status;
    }

    String reason() {
        return reason == null ? "was not run" : reason;
    }

    Throwable cause() {
        return cause;
    }

    VdmException failure(Descriptor descriptor) {
        return result() == VdmResult.SUCCESS
                ? null
                : new VdmException(result(), status, descriptor + " " + reason(), cause);
    }
}
