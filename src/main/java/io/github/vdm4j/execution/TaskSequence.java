package io.github.vdm4j.execution;

import io.github.vdm4j.VdmResult;
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
     * Keeps the buffers of all tasks open; if that cannot be, none.
     *
     * @return null, or the reason
     */
    public String pin() {
        for (int i = 0; i < tasks.size(); i++) {
            Descriptor descriptor = tasks.get(i).descriptor();
            if (i == pins.size()) {
                pins.add(new Pins());
            }
            if (!isAlive(descriptor) || !pins.get(i).pin(descriptor)) {
                unpin();
                return "failed: a buffer or arena of task %,d, the %s, was closed before the batch started"
                        .formatted(i, descriptor);
            }
            pinned++;
        }
        return null;
    }

    private static boolean isAlive(Descriptor descriptor) {
        return isAlive(descriptor.destination())
                && isAlive(descriptor.source())
                && isAlive(descriptor.secondDestination())
                && isAlive(descriptor.secondSource());
    }

    private static boolean isAlive(MemorySegment segment) {
        return segment == null || segment.scope().isAlive();
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
