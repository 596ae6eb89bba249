package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.jvm.PatternKernel;
import io.github.vdm4j.operation.DeltaResult;

/** The reader of the results of successful tasks in the completion records of a batch. */
final class TaskEnd {
    private static final long PATTERN = 8;

    private final BatchBuffer buffer;

    TaskEnd(BatchBuffer buffer) {
        this.buffer = buffer;
    }

    /**
     * Records the result of a task, if the task has succeeded.
     *
     * @param place the task's place in the buffer
     * @param status the status of the device, a constant of {@link BatchBuffer}
     * @param task the operation
     * @param path the path that executed it
     * @return {@code false} if the task is not done or has failed
     */
    boolean take(int place, int status, Operation<?> task, ExecutionPath path) {
        if (status == BatchBuffer.SUCCESS) {
            succeeded(place, task, path);
            return true;
        }
        if (status == BatchBuffer.FALSE_PREDICATE
                && task.type() == VdmOperationType.COMPARE_PATTERN) {
            task.succeed(path, mismatch(task, buffer.bytes(place)), 0);
            return true;
        }
        if (status == BatchBuffer.DIF_ERROR && task.dif() != null) {
            task.succeed(path, buffer.bytes(place), buffer.result(place));
            return true;
        }
        return false;
    }

    /** Records the result of a successful operation. */
    void succeeded(int place, Operation<?> task, ExecutionPath path) {
        if (task.type() == VdmOperationType.MEMCPY) { // Most tasks are copies.
            task.succeed(used(task, path));
            return;
        }
        switch (task.type()) {
            case COMPARE, COMPARE_PATTERN ->
                task.succeed(used(task, path),
                        buffer.result(place) == 0 ? -1 : buffer.bytes(place), 0);
            case CRC, COPY_CRC ->
                task.succeed(
                        used(task, path),
                        task.byteSize() == 0
                                ? Integer.toUnsignedLong(task.crc().seed())
                                : buffer.value(place),
                        0);
            case DELTA_CREATE -> {
                int outcome = task.byteSize() == 0
                        ? DeltaResult.Outcome.EQUAL.ordinal()
                        : buffer.result(place);
                boolean equal = outcome == DeltaResult.Outcome.EQUAL.ordinal();
                task.succeed(used(task, path), equal ? 0 : buffer.value(place),
                        outcome);
            }
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE ->
                task.succeed(used(task, path), -1, 0);
            case NOP -> task.succeed(path);
            default -> task.succeed(used(task, path));
        }
    }

    /**
     * Returns the path of a task. An empty task has no path, because the device executed a no-op.
     */
    private static ExecutionPath used(Operation<?> task, ExecutionPath path) {
        return task.byteSize() == 0 ? ExecutionPath.NONE : path;
    }

    /**
     * Returns the offset of a mismatch. DML reports the first byte of the word that contains the
     * mismatch. The word is unchanged, because no later task has run yet.
     */
    private static long mismatch(Operation<?> task, long told) {
        long word = told & -PATTERN;
        try {
            long found =
                    PatternKernel.mismatch(task.source().asSlice(word), task.pattern());
            return found < 0 ? told : word + found;
        } catch (IllegalStateException | WrongThreadException e) {
            return told; // The arena is closed, or it is confined to another thread.
        }
    }
}
