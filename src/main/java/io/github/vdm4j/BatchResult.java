package io.github.vdm4j;

import io.github.vdm4j.machine.Message;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifResult;
import java.util.List;

/**
 * The results of the tasks of a batch.
 *
 * @param tasks a result for each task, in the order of the additions
 */
public record BatchResult(List<TaskResult> tasks) {

    /** Copies the list. */
    public BatchResult {
        tasks = List.copyOf(tasks);
    }

    /**
     * {@return the result of a task}
     *
     * @param index the index of the task in the order of the additions, from 0
     * @throws IndexOutOfBoundsException if there is no such task
     */
    public TaskResult get(int index) {
        if (index < 0 || index >= tasks.size()) {
            throw new IndexOutOfBoundsException(
                    Message.of("task %,d of a batch of %,d tasks: the first task has the index 0",
                            index, tasks.size()));
        }
        return tasks.get(index);
    }

    /**
     * Returns the number that a task has produced. For a comparison or a check, it is the offset of
     * the first mismatch or bad block, or -1. For a CRC, it is the CRC from 0 to 0xFFFFFFFF. For a
     * new delta, it is the record's size.
     *
     * @param index the index of the task in the order of the additions, from 0
     * @return the number
     * @throws IndexOutOfBoundsException if there is no such task
     * @throws IllegalArgumentException if the task's type produces no number
     * @throws VdmException the failure of the task, if it has not succeeded
     */
    public long value(int index) {
        TaskResult task = get(index);
        if (task.failure() != null) {
            throw task.failure();
        }
        return switch (task.output()) {
            case CompareResult found -> found.mismatchOffset();
            case Crc32c crc -> crc.value();
            case DeltaResult delta -> delta.recordBytes();
            case DifResult checked -> checked.blockOffset();
            default -> throw new IllegalArgumentException(
                    Message.of(
                            "task %,d is a %s, which produces no number: ask get(%d) for its"
                                    + " result",
                            index, task.type(), index));
        };
    }

    /** {@return whether every task has succeeded} A comparison with a mismatch is a success. */
    public boolean isSuccess() {
        return tasks.stream().allMatch(task -> task.result() == VdmResult.SUCCESS);
    }

    /**
     * Throws an exception if a task has failed.
     *
     * @throws VdmException the failure of the first task that has failed
     */
    public void orThrow() {
        for (TaskResult task : tasks) {
            if (task.failure() != null) {
                throw task.failure();
            }
        }
    }
}
