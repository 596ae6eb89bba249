package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.memory.Forces;
import java.util.List;

/**
 * The order of a batch. A fence waits for the forces of the tasks before it. If such a task has
 * failed, the fence forbids all tasks behind it.
 */
public final class TaskOrder {
    private List<Operation<?>> tasks = List.of();

    /** The first task that has not ended. */
    private int next;

    /** The first task that a force can still fail. */
    private int unforced;

    private int firstFailure;

    /** The forces of the ended tasks. It is the same object for the whole batch, or null. */
    private Forces forces;

    public void begin(List<Operation<?>> work) {
        tasks = work;
        next = 0;
        unforced = 0;
        firstFailure = Integer.MAX_VALUE;
        forces = null;
    }

    public void clear() {
        begin(List.of());
    }

    public List<Operation<?>> tasks() {
        return tasks;
    }

    public int next() {
        return next;
    }

    public Operation<?> nextTask() {
        return tasks.get(next);
    }

    /** Returns the forces of this execution, or null if no task has needed a force. */
    public Forces forces() {
        return forces;
    }

    /** Returns the forces that have to end before the next fence or the end, or null. */
    public Forces pendingForces() {
        return forces == null || forces.isEmpty() ? null : forces;
    }

    /** Returns whether all tasks have ended, or the next task waits for {@link #pendingForces}. */
    public boolean isPaused() {
        if (forces != null && forces.isEmpty() && unforced < next) {
            while (unforced < next) {
                recordEnd(unforced++);
            }
            advance();
        }
        return next >= tasks.size() || isWaiting(next);
    }

    private boolean isWaiting(int index) {
        return pendingForces() != null && tasks.get(index).isFenced();
    }

    private boolean isForbidden(int index) {
        return firstFailure < index && tasks.get(index).isFenced();
    }

    /** Returns whether a fence prevents the start of a task. */
    public boolean isHeld(int index) {
        return isForbidden(index) || isWaiting(index);
    }

    /** Ends the next task. The argument contains {@link #forces} and the forces of the task. */
    public void endTask(Forces all) {
        forces = all;
        recordEnd(next);
        advance();
    }

    /** Records that all tasks before a place have succeeded. */
    public void succeededBefore(int place) {
        next = place;
    }

    public void recordEnd(int index) {
        if (tasks.get(index).recordedResult() != VdmResult.SUCCESS) {
            firstFailure = Math.min(firstFailure, index);
        }
    }

    public void fail(int index, VdmResult how, String reason, Throwable cause) {
        tasks.get(index).fail(ExecutionPath.NONE, how, null, reason, cause);
        recordEnd(index);
    }

    public static boolean isOver(Operation<?> task) {
        return task.recordedResult() != VdmResult.NOT_RUN;
    }

    /** Advances to the next task that has not ended. If this task is forbidden, the batch ends. */
    public void advance() {
        while (next < tasks.size() && isOver(tasks.get(next))) {
            next++;
        }
        if (next < tasks.size() && isForbidden(next) && !isWaiting(next)) {
            abandonRest();
        }
    }

    private void abandonRest() {
        Operation<?> failed = tasks.get(firstFailure);
        while (next < tasks.size()) {
            Operation<?> task = tasks.get(next++);
            if (!isOver(task)) {
                task.abandon(firstFailure, failed);
            }
        }
    }
}
