package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.internal.DmlCallException;
import io.github.vdm4j.dml.internal.InvalidDataException;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.durability.Durability.Refusal;
import io.github.vdm4j.execution.JvmFailures;
import io.github.vdm4j.execution.Pins;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.platform.PageUnavailableException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** How an operation of a {@link DmlDataMover} can fail, in words. */
final class DmlFailures {
    private DmlFailures() {}

    static FutureState failed(
            EngineFuture future, DmlPath where, long moved, DmlStatus status,
            ExecutionPath executed) {
        return future.failed(
                executed,
                status.result(),
                status,
                "on %s failed%s: %s: %s"
                        .formatted(
                                where,
                                after(moved),
                                status,
                                status.explanation()),
                null);
    }

    static FutureState overdue(EngineFuture future, ExecutionPath executed, long moved,
            long nanos) {
        return future.failed(
                executed,
                VdmResult.TIMEOUT,
                null,
                ("on %s failed%s: no answer for %s s (deviceTimeout). The device may still read and write this memory: leave it alone"
                        + " until jobsOverdue() of the mover is 0")
                        .formatted(DmlPath.HARDWARE, after(moved), nanos / 1e9),
                null);
    }

    private static String after(long moved) {
        return moved == 0 ? "" : " after %,d bytes".formatted(moved);
    }

    static void failed(BatchTask task, boolean onHardware, int code) {
        DmlStatus status = DmlStatus.of(code);
        task.completion()
                .fail(
                        onHardware ? ExecutionPath.DSA_HARDWARE : ExecutionPath.DML_SOFTWARE,
                        status.result(),
                        status,
                        "on %s failed: %s: %s"
                                .formatted(
                                        onHardware ? DmlPath.HARDWARE : DmlPath.SOFTWARE,
                                        status,
                                        status.explanation()),
                        null);
    }

    static FutureState unusable(
            EngineFuture future, ExecutionPath executed, String reason, Throwable cause) {
        return future.failed(
                executed, VdmResult.SEGMENT_UNUSABLE, null, "failed: " + reason, cause);
    }

    static FutureState bufferClosed(EngineFuture future) {
        return notStarted(future, Pins.CLOSED);
    }

    /** Something was closed before. */
    static FutureState notStarted(EngineFuture future, String reason) {
        return future.failed(ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, reason, null);
    }

    static FutureState notDurable(EngineFuture future, Refusal refusal) {
        return future.failed(ExecutionPath.NONE, refusal.result(), null, refusal.reason(), null);
    }

    static FutureState outOfJobs(EngineFuture future, JobPool pool) {
        DmlCallException refusal = pool.refusal();
        if (refusal != null) {
            DmlStatus status = DmlStatus.of(refusal.status());
            return future.failed(
                    ExecutionPath.NONE,
                    status.result(),
                    status,
                    "failed: every job that DML has made is in flight, and it makes no more: %s: %s: %s"
                            .formatted(refusal.getMessage(), status, status.explanation()),
                    refusal);
        }
        return future.failed(
                ExecutionPath.NONE,
                VdmResult.OUT_OF_MEMORY,
                null,
                "failed: all %,d jobs of the mover are in flight; poll some to their end, or open it with more jobs"
                        .formatted(pool.capacity()),
                null);
    }

    static FutureState closed(EngineFuture future) {
        return future.failed(
                ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed", null);
    }

    static FutureState invalidData(
            EngineFuture future, ExecutionPath executed, long moved, InvalidDataException cause) {
        return future.failed(
                executed,
                VdmResult.INVALID_DATA,
                null,
                "failed%s: %s".formatted(moved == 0 ? "" : " after %,d bytes".formatted(moved),
                        cause.getMessage()),
                null);
    }

    /** What the JVM throws where the file of a mapping was cut. */
    static FutureState pageMissing(EngineFuture future, InternalError cause,
            MemorySegment... operands) {
        return future.failed(
                ExecutionPath.JVM,
                JvmFailures.result(cause),
                null,
                JvmFailures.reason(cause, operands),
                cause);
    }

    static FutureState pageMissing(
            EngineFuture future, ExecutionPath executed, long moved,
            PageUnavailableException cause) {
        return future.failed(
                executed,
                VdmResult.IO_ERROR,
                null,
                "failed after %,d bytes: %s".formatted(moved, cause.getMessage()),
                cause);
    }

    static VdmException stuck(String name, long nanos, List<String> operations, long nativeBytes) {
        return new VdmException(
                VdmResult.TIMEOUT,
                null,
                "%s gave up closing after %s: still in flight: %s; %,d bytes of native memory are kept for them"
                        .formatted(
                                name,
                                Duration.ofNanos(nanos),
                                operations.isEmpty()
                                        ? "operations of which nothing is known any more"
                                        : String.join("; ", operations),
                                nativeBytes),
                null);
    }
}
