package io.github.vdm4j;

import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;

/**
 * The result of one task of a batch.
 *
 * <p>C counterpart: the completion record of a task, whose status {@code dml_batch_get_result(3)}
 * returns.
 *
 * @param type the operation
 * @param result how it ended; {@link VdmResult#NOT_RUN} if a task before its fence failed
 * @param output the record that the operation of {@link Vdm} produces, or null if it has not
 *     succeeded
 * @param path what executed it, {@link ExecutionPath#NONE} if nothing did
 * @param failure the reason why it has not succeeded, or null
 */
public record TaskResult(
        VdmOperationType type, VdmResult result, Object output, ExecutionPath path,
        VdmException failure) {

    static TaskResult of(Operation<?> task) {
        VdmResult how = task.howItEnded();
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
     * @param expected the record's class: {@link CompareResult}, {@link Crc32c} and so on
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
