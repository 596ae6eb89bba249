package io.github.vdm4j;

import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;

/**
 * The result of a task in a batch.
 *
 * <p>C counterpart: the completion record of a task. {@code dml_batch_get_result(3)} returns its
 * status.
 *
 * @param type the operation
 * @param result the result, or {@link VdmResult#NOT_RUN} if a task before its fence failed
 * @param output the output of the operation of {@link Vdm}, or null if it has not succeeded
 * @param path the path that executed it, or {@link ExecutionPath#NONE}
 * @param failure the failure, or null
 */
public record TaskResult(
        VdmOperationType type, VdmResult result, Object output, ExecutionPath path,
        VdmException failure) {

    static TaskResult of(Operation<?> task) {
        VdmResult how = task.recordedResult();
        return new TaskResult(
                task.type(),
                how,
                how == VdmResult.SUCCESS ? task.typedOutput() : null,
                task.executedBy(),
                task.exception());
    }

    /**
     * Returns the output with its type.
     *
     * @param <R> the type
     * @param expected the class of the output, for example {@link CompareResult} or {@link Crc32c}
     * @return the output
     * @throws VdmException if the task has not succeeded
     * @throws ClassCastException if the operation produces another type
     */
    public <R> R output(Class<R> expected) {
        if (failure != null) {
            throw failure;
        }
        return expected.cast(output);
    }
}
