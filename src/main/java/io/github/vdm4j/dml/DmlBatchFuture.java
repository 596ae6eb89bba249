package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.internal.BatchMemory;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.execution.TaskSequence;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.BatchFuture;
import io.github.vdm4j.operation.BatchTask;
import java.util.List;

/** A batch of a {@link DmlDataMover}. Has one job from its first poll to its completion. */
final class DmlBatchFuture extends BatchFuture implements EngineFuture {
    private final DmlBatches batches;

    /** Null while idle and when complete. */
    private Program program;

    private boolean submitted;

    private TaskSequence sequence;

    /** Null before the second submission. */
    private BatchMemory memory;

    DmlBatchFuture(DmlBatches batches, List<BatchTask> tasks) {
        super(tasks);
        this.batches = batches;
    }

    /** What executes the tasks in the JVM; made when that is first done. */
    TaskSequence sequence() {
        if (sequence == null) {
            sequence = new TaskSequence(tasks());
        }
        return sequence;
    }

    List<BatchTask> work() {
        return tasks();
    }

    /**
     * What to take up from the last submission; null the first time, as most batches have but one.
     */
    BatchMemory memory() {
        if (submitted && memory == null) {
            memory = new BatchMemory();
        }
        submitted = true;
        return memory;
    }

    /** The descriptors of the last submission are of no use. */
    @Override
    protected void tasksChanged() {
        if (memory != null) {
            memory.forget();
        }
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        FutureState reached =
                program == null ? batches.start(this) : batches.engine().resume(this, program);
        return reached == FutureState.RUNNING
                ? batches.engine().promise(this, program, notifier)
                : reached;
    }

    @Override
    protected boolean canAdvance() {
        return DmlEngine.canAdvance(program);
    }

    @Override
    public boolean isRunning() {
        return state() == FutureState.RUNNING;
    }

    @Override
    public boolean isAccessibleBy(Thread thread) {
        return tasks().stream()
                .allMatch(task -> DmlDataFuture.isAccessible(task.descriptor(), thread));
    }

    @Override
    public void broken(Throwable cause) {
        completeWith(cause);
    }

    @Override
    protected OperationTally tally() {
        return batches.engine().tally();
    }

    @Override
    protected String moverName() {
        return DmlEngine.NAME;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && batches.engine().isAsync(this);
    }

    @Override
    public void finish() {
        pollIfRunning();
    }

    @Override
    public void hold(Program taken) {
        program = taken;
    }

    /** Never asked for: each task makes its own destination durable. */
    @Override
    public void writeBack(Durability durability, WriteBackKind kind) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FutureState succeeded(ExecutionPath path) {
        return succeed(path);
    }

    @Override
    public FutureState notWrittenBack(ExecutionPath path, Exception cause) {
        return failWriteBack(path, cause);
    }

    /** Once a task has been run the batch has not failed as a whole: those that are left have. */
    @Override
    public FutureState failed(
            ExecutionPath path, VdmResult how, VdmStatus status, String reason, Throwable cause) {
        if (tasks().stream().allMatch(DmlBatchFuture::isLeft)) {
            return fail(path, how, status, reason, cause);
        }
        for (BatchTask task : tasks()) {
            if (isLeft(task)) {
                task.completion().fail(ExecutionPath.NONE, how, status, reason, cause);
            }
        }
        return succeed(path);
    }

    private static boolean isLeft(BatchTask task) {
        return task.completion().result() == VdmResult.NOT_RUN;
    }
}
