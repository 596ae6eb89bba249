package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The tasks of a batch, executed one after the other. */
public final class TaskSequence {
    private final List<Operation<?>> tasks;

    /** Of tasks that are pinned, and of some that were. */
    private final List<Pins> pins = new ArrayList<>();

    private int pinned;

    /** The arena that was looked at last: most tasks have the same. */
    private MemorySegment.Scope known;

    /**
     * Of the tasks that the list has whenever they are executed.
     *
     * @param tasks the list
     */
    public TaskSequence(List<Operation<?>> tasks) {
        this.tasks = tasks;
    }

    /**
     * Requires that the current thread may access all segments, and keeps the buffers of all tasks
     * open; if that cannot be, none.
     *
     * @return null, or the reason
     * @throws WrongThreadException if a segment is confined to another thread; no buffer is kept
     * open then
     */
    public String pin() {
        try {
            for (int i = 0; i < tasks.size(); i++) {
                Operation<?> task = tasks.get(i);
                if (!isUsable(task)) {
                    return closed(i, task);
                }
            }
        } finally {
            known = null;
        }
        return MemoryRegions.any() ? pinBuffers() : null;
    }

    private String pinBuffers() {
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            if (i == pins.size()) {
                pins.add(new Pins());
            }
            if (!pins.get(i).pin(task)) {
                unpin();
                return closed(i, task);
            }
            pinned++;
        }
        return null;
    }

    private static String closed(int index, Operation<?> task) {
        return "failed: a buffer or arena of task %,d, the %s, was closed before the batch started"
                .formatted(index, task.description());
    }

    private boolean isUsable(Operation<?> task) {
        return isUsable(task, task.destination())
                && isUsable(task, task.source())
                && isUsable(task, task.second());
    }

    private boolean isUsable(Operation<?> task, MemorySegment segment) {
        if (segment == null) {
            return true;
        }
        MemorySegment.Scope scope = segment.scope();
        if (scope == known) {
            return true;
        }
        task.requireAccess();
        known = scope;
        return scope.isAlive();
    }

    /** Lets go of the buffers. */
    public void unpin() {
        while (pinned > 0) {
            pins.get(--pinned).unpin();
        }
    }

    /**
     * Executes the tasks.
     *
     * @param execution what executes each
     */
    public void execute(Consumer<Operation<?>> execution) {
        int failed = -1;
        boolean abandoned = false;
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            abandoned |= failed >= 0 && task.isFenced();
            if (abandoned) {
                task.abandon(failed, tasks.get(failed));
                continue;
            }
            execution.accept(task);
            if (failed < 0 && task.howItEnded() != VdmResult.SUCCESS) {
                failed = i;
            }
        }
    }
}
