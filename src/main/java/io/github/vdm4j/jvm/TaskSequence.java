package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.Pins;

/** The tasks of a batch, executed in order. */
public final class TaskSequence {
    private final Operation<?> batch;
    private final TaskOrder order = new TaskOrder();
    private final Pins pins = new Pins();

    TaskSequence(Operation<?> batch) {
        this.batch = batch;
    }

    /**
     * Starts a new execution and pins the buffers of all tasks. If a buffer or arena is closed, the
     * method pins no buffer.
     *
     * @return null, or the reason why the batch cannot start
     * @throws WrongThreadException if a segment is confined to another thread. No buffer is pinned
     */
    public String pin() {
        order.begin(batch.tasks());
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
        while (!order.isPaused()) {
            order.endTask(execution.execute(order.nextTask(), order.forces()));
        }
        return order.pendingForces();
    }

    /** Returns whether a fence stopped this execution before its last task. */
    boolean hasTasksLeft() {
        return order.next() < order.tasks().size();
    }

    /** Returns the forces of this execution, or null if no task has needed a force. */
    Forces forces() {
        return order.forces();
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
