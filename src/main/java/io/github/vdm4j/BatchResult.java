package io.github.vdm4j;

import java.util.List;

/**
 * What came of the tasks of a batch.
 *
 * @param tasks one for each task, in the order in which they were added
 */
public record BatchResult(List<TaskResult> tasks) {

    /** Keeps a copy. */
    public BatchResult {
        tasks = List.copyOf(tasks);
    }

    /**
     * One task's result.
     *
     * @param index its place, from 0, in the order in which they were added
     * @return what came of it
     * @throws IndexOutOfBoundsException if there is no such task
     */
    public TaskResult get(int index) {
        return tasks.get(index);
    }

    /**
     * Tells whether every task has succeeded. A comparison that found a mismatch has.
     *
     * @return true if there is no failure
     */
    public boolean isSuccess() {
        return tasks.stream().allMatch(task -> task.result() == VdmResult.SUCCESS);
    }

    /**
     * Throws if a task has failed.
     *
     * @throws VdmException the failure of the first one that has
     */
    public void orThrow() {
        for (TaskResult task : tasks) {
            if (task.failure() != null) {
                throw task.failure();
            }
        }
    }
}
