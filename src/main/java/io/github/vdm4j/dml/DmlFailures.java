package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.job.DmlCallException;
import io.github.vdm4j.dml.job.InvalidDataException;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.jvm.Pins;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.memory.Durability.Refusal;
import java.time.Duration;
import java.util.List;

/** How an operation of a {@link DmlDataMover} can fail, in words. */
final class DmlFailures {
    private DmlFailures() {}

    /**
     * Writes the completion record. A batch of which a task has run has not failed as a whole: its
     * tasks that did not run have.
     */
    private static FutureState fail(Operation<?> operation, ExecutionPath path, VdmResult how,
            VdmStatus status, String reason, Throwable cause, long done) {
        if (operation.tasks() == null
                || operation.tasks().stream().allMatch(DmlFailures::hasNotRun)) {
            return operation.fail(path, how, status, reason, cause, done);
        }
        for (Operation<?> task : operation.tasks()) {
            if (hasNotRun(task)) {
                task.fail(ExecutionPath.NONE, how, status, reason, cause);
            }
        }
        return operation.succeed(path);
    }

    private static boolean hasNotRun(Operation<?> task) {
        return task.howItEnded() == VdmResult.NOT_RUN;
    }

    static FutureState failed(
            Operation<?> operation, DmlPath where, long moved, DmlStatus status,
            ExecutionPath executed) {
        return fail(operation,
                executed,
                status.result(),
                status,
                "on %s failed%s: %s: %s"
                        .formatted(
                                where,
                                after(moved),
                                status,
                                status.explanation()),
                null, moved);
    }

    static FutureState overdue(Operation<?> operation, ExecutionPath executed, long moved,
            long nanos) {
        return fail(operation,
                executed,
                VdmResult.TIMEOUT,
                null,
                ("on %s failed%s: no answer for %s s (deviceTimeout). The device may still read and write this memory: leave it alone"
                        + " until jobsOverdue() of the mover is 0")
                        .formatted(DmlPath.HARDWARE, after(moved), nanos / 1e9),
                null, moved);
    }

    private static String after(long moved) {
        return moved == 0 ? "" : " after %,d bytes".formatted(moved);
    }

    static void failed(Operation<?> task, boolean onHardware, int code) {
        DmlStatus status = DmlStatus.of(code);
        task.fail(
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
            Operation<?> operation, ExecutionPath executed, long moved, String reason,
            Throwable cause) {
        return fail(operation, executed, VdmResult.SEGMENT_UNUSABLE, null,
                "failed%s: %s".formatted(after(moved), reason), cause, moved);
    }

    /** The thread that closes the mover may not submit the parts that are left. */
    static FutureState stopped(Operation<?> operation, ExecutionPath executed, long moved) {
        return fail(operation, executed, VdmResult.STOPPED, null,
                ("was stopped after %,d bytes: the mover was closed by a thread that may not access"
                        + " its memory. Poll it to its end before you close the mover, or use a"
                        + " shared arena").formatted(moved),
                null, moved);
    }

    static FutureState bufferClosed(Operation<?> operation) {
        return notStarted(operation, Pins.CLOSED);
    }

    /** Something was closed before. */
    static FutureState notStarted(Operation<?> operation, String reason) {
        return fail(operation, ExecutionPath.NONE, VdmResult.SEGMENT_UNUSABLE, null, reason, null,
                0);
    }

    static FutureState notDurable(Operation<?> operation, Refusal refusal) {
        return operation.fail(ExecutionPath.NONE, refusal.result(), null, refusal.reason(), null);
    }

    /** DML has refused to make a job, and every job that it has made is in use. */
    static FutureState noJob(Operation<?> operation, DmlCallException refusal) {
        DmlStatus status = DmlStatus.of(refusal.status());
        return operation.fail(
                ExecutionPath.NONE,
                status.result(),
                status,
                "failed: every job that DML has made is in flight, and it makes no more: %s: %s: %s"
                        .formatted(refusal.getMessage(), status, status.explanation()),
                refusal);
    }

    static FutureState full(Operation<?> operation, int waiting) {
        return operation.fail(ExecutionPath.NONE, VdmResult.MOVER_FULL, null,
                ("was refused: all jobs are in flight and %,d operations wait (queueSize), and the"
                        + " mover was opened with whenFull(FAIL). Poll some to their end, or use"
                        + " whenFull(WAIT)").formatted(waiting),
                null);
    }

    static FutureState invalidData(
            Operation<?> operation, ExecutionPath executed, long moved,
            InvalidDataException cause) {
        return fail(operation,
                executed,
                VdmResult.INVALID_DATA,
                null,
                "failed%s: %s".formatted(moved == 0 ? "" : " after %,d bytes".formatted(moved),
                        cause.getMessage()),
                null, moved);
    }

    static FutureState pageMissing(
            Operation<?> operation, ExecutionPath executed, long moved,
            PageUnavailableException cause) {
        return fail(operation,
                executed,
                VdmResult.IO_ERROR,
                null,
                "failed after %,d bytes: %s".formatted(moved, cause.getMessage()),
                cause, moved);
    }

    static VdmException stuck(String name, long nanos, List<String> operations, long nativeBytes) {
        return new VdmException(
                VdmResult.TIMEOUT,
                null,
                "%s did not close within %s (closeTimeout): still in flight: %s; %,d bytes of native memory are kept for them"
                        .formatted(
                                name,
                                Duration.ofNanos(nanos),
                                operations.isEmpty()
                                        ? "operations that are unknown by now"
                                        : String.join("; ", operations),
                                nativeBytes),
                null);
    }
}
