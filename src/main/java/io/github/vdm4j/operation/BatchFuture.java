package io.github.vdm4j.operation;

import io.github.vdm4j.MoverFuture;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import java.util.List;

/**
 * A batch, as one future. It ends when every task has ended or will not be run.
 *
 * <p>A task that fails does not make the batch fail: {@link #output} tells each task's own result,
 * and {@link BatchResult#orThrow} throws the first failure. The batch itself fails, as a whole and
 * before any task was run, if it cannot be started: cancelled, the mover closed, a buffer closed.
 *
 * <p>A future of a batch that is {@linkplain Batch#submit() submitted again} is the same object,
 * idle again. Results that were taken before stay as they are.
 *
 * <p>C counterpart: a job with {@code DML_OP_BATCH}.
 */
public abstract class BatchFuture extends MoverFuture<BatchResult> {
    private final List<BatchTask> tasks;
    private long bytes;

    /**
     * Creates an idle future.
     *
     * @param tasks the tasks, checked
     */
    protected BatchFuture(List<BatchTask> tasks) {
        super(VdmOperationType.BATCH);
        this.tasks = tasks;
    }

    /** Makes the future idle again, with nothing left of how its tasks ended. */
    final void rearm(boolean withOtherTasks) {
        withdraw();
        describe(VdmOperationType.BATCH, (byte) 0, VdmFlags.NONE);
        if (withOtherTasks) {
            tasksChanged();
        } else {
            for (int i = 0; i < tasks.size(); i++) {
                tasks.get(i).completion().reset();
            }
        }
        becomeIdle();
    }

    /**
     * The batch is about to be submitted with other tasks than before: nothing may be kept of
     * those.
     */
    protected void tasksChanged() {}

    /**
     * What to do.
     *
     * @return the tasks in order, to be read only
     */
    protected final List<BatchTask> tasks() {
        return tasks;
    }

    /** The bytes of all tasks together. */
    @Override
    public final long byteSize() {
        return bytes;
    }

    /** Said by the batch before each submission. */
    final void ofBytes(long ofAllTasks) {
        bytes = ofAllTasks;
    }

    /**
     * What came of the tasks. A new object on every call.
     *
     * @return the result, also if the batch failed as a whole: no task was run then
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    public final BatchResult output() {
        requireComplete();
        return new BatchResult(tasks.stream().map(TaskResult::of).toList());
    }

    @Override
    public String toString() {
        return "batch of %,d tasks, %,d bytes, %s".formatted(tasks.size(), byteSize(), state());
    }
}
