package io.github.vdm4j.execution;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.CompletionRecord;
import io.github.vdm4j.operation.Descriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The tasks of a batch, executed one after the other. */
public final class TaskSequence {
    private final List<BatchTask> tasks;

    /** Of tasks that are pinned, and of some that were. */
    private final List<Pins> pins = new ArrayList<>();

    private int pinned;

    /** The arena that was looked at last: most tasks have the same. */
    private MemorySegment.Scope known;

    /** Executes one operation and takes note of its result, whatever happens. */
    @FunctionalInterface
    public interface Execution {
        /**
         * Executes an operation; throws nothing.
         *
         * @param descriptor the operation
         * @param completion where to write what came of it
         */
        void execute(Descriptor descriptor, CompletionRecord completion);
    }

    /**
     * Of the tasks that the list has whenever they are executed.
     *
     * @param tasks the list
     */
    public TaskSequence(List<BatchTask> tasks) {
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
                Descriptor descriptor = tasks.get(i).descriptor();
                if (!isUsable(descriptor)) {
                    return closed(i, descriptor);
                }
            }
        } finally {
            known = null;
        }
        return MemoryRegions.any() ? pinBuffers() : null;
    }

    private String pinBuffers() {
        for (int i = 0; i < tasks.size(); i++) {
            Descriptor descriptor = tasks.get(i).descriptor();
            if (i == pins.size()) {
                pins.add(new Pins());
            }
            if (!pins.get(i).pin(descriptor)) {
                unpin();
                return closed(i, descriptor);
            }
            pinned++;
        }
        return null;
    }

    private static String closed(int index, Descriptor descriptor) {
        return "failed: a buffer or arena of task %,d, the %s, was closed before the batch started"
                .formatted(index, descriptor);
    }

    private boolean isUsable(Descriptor descriptor) {
        return isUsable(descriptor, descriptor.destination())
                && isUsable(descriptor, descriptor.source())
                && isUsable(descriptor, descriptor.secondDestination())
                && isUsable(descriptor, descriptor.secondSource());
    }

    private boolean isUsable(Descriptor descriptor, MemorySegment segment) {
        if (segment == null) {
            return true;
        }
        MemorySegment.Scope scope = segment.scope();
        if (scope == known) {
            return true;
        }
        Access.require(descriptor.type(), segment);
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
    public void execute(Execution execution) {
        int failed = -1;
        boolean abandoned = false;
        for (int i = 0; i < tasks.size(); i++) {
            BatchTask task = tasks.get(i);
            abandoned |= failed >= 0 && task.isFenced();
            if (abandoned) {
                task.completion().abandon(failed, tasks.get(failed).descriptor());
                continue;
            }
            execution.execute(task.descriptor(), task.completion());
            if (failed < 0 && task.completion().result() != VdmResult.SUCCESS) {
                failed = i;
            }
        }
    }
}
