package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.Pins;
import java.util.List;

/** The tasks of a batch, executed in order. */
public final class TaskSequence {
    private final Operation<?> batch;
    private final List<Operation<?>> tasks;
    private final Pins pins = new Pins();

    /** The first task of the last call. The next field is the first task that was not executed. */
    private int section;

    private int next;

    /** The first task that has failed, or -1. */
    private int failed;

    private boolean abandoned;

    /** The same object for all sections of an execution. */
    private Forces forces;

    /** Creates a sequence. Each execution reads the tasks of the batch again. */
    TaskSequence(Operation<?> batch) {
        this.batch = batch;
        tasks = batch.tasks();
    }

    /**
     * Starts a new execution and pins the buffers of all tasks. If a buffer or arena is closed, the
     * method pins no buffer.
     *
     * @return null, or the reason why the batch cannot start
     * @throws WrongThreadException if a segment is confined to another thread. No buffer is pinned
     */
    public String pin() {
        section = 0;
        next = 0;
        failed = -1;
        abandoned = false;
        forces = null;
        return pins.pin(batch);
    }

    public void unpin() {
        pins.unpin();
    }

    /**
     * Executes the tasks up to a fence behind durable tasks, or to the end. A further call
     * continues after the forces have ended.
     *
     * @param execution the execution of a task. It adds the forces of the task to the forces of
     *     earlier tasks
     * @return the forces, or null if all tasks have ended
     */
    Forces execute(TaskExecution execution) {
        for (int i = section; i < next; i++) {
            if ((failed < 0 || i < failed) && tasks.get(i).recordedResult() != VdmResult.SUCCESS) {
                failed = i;
            }
        }
        section = next;
        for (; next < tasks.size(); next++) {
            Operation<?> task = tasks.get(next);
            if (task.isFenced() && mustForce()) {
                return forces;
            }
            abandoned |= failed >= 0 && task.isFenced();
            if (abandoned) {
                task.abandon(failed, tasks.get(failed));
                continue;
            }
            forces = execution.execute(task, forces);
            if (failed < 0 && task.recordedResult() != VdmResult.SUCCESS) {
                failed = next;
            }
        }
        return mustForce() ? forces : null;
    }

    /**
     * Returns whether a fence stopped this execution before its last task.
     *
     * @return {@code false} if all tasks were executed
     */
    public boolean hasTasksLeft() {
        return next < tasks.size();
    }

    private boolean mustForce() {
        return forces != null && !forces.isEmpty();
    }

    public Forces forces() {
        return forces;
    }

    /** A function that executes a task. */
    @FunctionalInterface
    public interface TaskExecution {
        /**
         * Executes a task and writes its completion record. The method throws nothing.
         *
         * @param earlier the forces of earlier tasks, or null
         * @return the forces including the forces of the task, or null
         */
        Forces execute(Operation<?> task, Forces earlier);
    }
}
