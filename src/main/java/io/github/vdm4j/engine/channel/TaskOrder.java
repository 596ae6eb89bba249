package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.WriteBackKind;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The order of a batch. It determines the next task and the forbidden tasks. If a task fails, the
 * tasks behind the next fence are forbidden. A section ends before a fence that waits for forces,
 * or at the end of the batch.
 */
final class TaskOrder {
    List<Operation<?>> tasks = List.of();
    Durability durability;

    /** The first task that has not ended. */
    private int next;

    /** The first task of the section, and the place behind its last task. */
    private int section;

    private int limit;

    private int firstFailure;

    void begin(List<Operation<?>> work, Durability engines) {
        tasks = work;
        durability = engines;
        next = 0;
        section = 0;
        firstFailure = Integer.MAX_VALUE;
        limit = endOfSection();
    }

    void clear() {
        tasks = List.of();
        limit = 0;
    }

    int next() {
        return next;
    }

    Operation<?> nextTask() {
        return tasks.get(next);
    }

    int limit() {
        return limit;
    }

    boolean isSectionDone() {
        return next == limit;
    }

    boolean isAtFence() {
        return next == limit && limit < tasks.size();
    }

    /** Begins the section after a fence. The forces of the tasks before the fence have ended. */
    void beginSection() {
        for (int i = section; i < next; i++) {
            recordEnd(i);
        }
        section = next;
        limit = endOfSection();
        advance();
    }

    /** Returns the first fence that follows a task whose pages have to be forced. */
    private int endOfSection() {
        boolean mustForce = false;
        for (int i = section; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            if (mustForce && task.isFenced()) {
                return i;
            }
            mustForce |= task.isDurable() && (isOfPages(task.destination())
                    || isOfPages(task.secondDestination()));
        }
        return tasks.size();
    }

    private boolean isOfPages(MemorySegment destination) {
        return destination != null && durability.kindOf(destination) == WriteBackKind.PAGES;
    }

    void succeededBefore(int place) {
        next = place;
    }

    void recordEnd(int index) {
        if (tasks.get(index).recordedResult() != VdmResult.SUCCESS) {
            firstFailure = Math.min(firstFailure, index);
        }
    }

    void fail(int index, VdmResult how, String reason, Throwable cause) {
        tasks.get(index).fail(ExecutionPath.NONE, how, null, reason, cause);
        recordEnd(index);
    }

    void fail(int index, RuntimeException e) {
        fail(index, Program.resultOf(e), "failed: " + e.getMessage(), Program.causeOf(e));
    }

    void fail(int index, Slot slot, int code) {
        VdmStatus status = slot.channel().status(code);
        tasks.get(index)
                .fail(slot.path(), status.result(), status, "on %s failed: %s: %s"
                        .formatted(slot.channel().place(slot.onDevice()), status,
                                status.explanation()),
                        null);
        recordEnd(index);
    }

    /** Returns whether a fence forbids a task because an earlier task has failed. */
    boolean isForbidden(int index) {
        return tasks.get(index).isFenced() && firstFailure < index;
    }

    static boolean isOver(Operation<?> task) {
        return task.recordedResult() != VdmResult.NOT_RUN;
    }

    /** Advances to the next task that has not ended. If this task is forbidden, the batch ends. */
    void advance() {
        while (next < limit) {
            if (!isOver(tasks.get(next))) {
                if (isForbidden(next)) {
                    abandonRest();
                }
                return;
            }
            next++;
        }
    }

    private void abandonRest() {
        limit = tasks.size();
        Operation<?> failed = tasks.get(firstFailure);
        while (next < tasks.size()) {
            Operation<?> task = tasks.get(next++);
            if (!isOver(task)) {
                task.abandon(firstFailure, failed);
            }
        }
    }
}
