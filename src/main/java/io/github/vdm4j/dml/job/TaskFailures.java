package io.github.vdm4j.dml.job;

import io.github.vdm4j.Operation;

/** Says in words how a task of a batch failed. */
@FunctionalInterface
public interface TaskFailures {
    /**
     * Takes down that DML refused a task, or failed in it.
     *
     * @param task the task, whose completion record is to say so
     * @param onHardware where it was submitted to
     * @param status DML's status
     */
    void failed(Operation<?> task, boolean onHardware, int status);
}
