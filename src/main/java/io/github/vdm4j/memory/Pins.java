package io.github.vdm4j.memory;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.Message;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The buffers that an operation or a batch keeps open. The object stores their regions, because a
 * later look-up can find different regions.
 */
public final class Pins {
    /** The failure reason if a buffer of a single operation cannot be pinned. */
    public static final String CLOSED = "failed: a buffer was closed before the operation started";

    private static final int FIRST_CAPACITY = 4;

    private MemoryRegion[] regions = {};
    private int count;

    /** The scope that was checked last. Most tasks of a batch have the same arena. */
    private MemorySegment.Scope lastScope;

    /**
     * Pins all buffers of an operation or of the tasks of a batch. For a batch, the method also
     * checks that the arenas of all tasks are open.
     *
     * @return null, or the reason why the operation cannot start. No buffer is pinned then
     * @throws WrongThreadException if a segment of a batch is confined to another thread. No buffer
     *     is pinned
     */
    public String pin(Operation<?> operation) {
        List<Operation<?>> tasks = operation.tasks();
        if (tasks == null) {
            return add(operation) ? null : CLOSED;
        }
        try {
            for (int i = 0; i < tasks.size(); i++) {
                if (!isUsable(tasks.get(i))) {
                    return closed(i, tasks.get(i));
                }
            }
        } finally {
            lastScope = null;
        }
        for (int i = 0; i < tasks.size() && MemoryRegions.any(); i++) {
            if (!add(tasks.get(i))) {
                return closed(i, tasks.get(i));
            }
        }
        return null;
    }

    private static String closed(int index, Operation<?> task) {
        return Message.of("failed: a buffer or arena of task %,d, the %s, was closed before the"
                + " batch started", index, task.description());
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
        if (scope == lastScope) {
            return true;
        }
        task.requireAccess();
        lastScope = scope;
        return scope.isAlive();
    }

    /**
     * Pins the buffers of an operation in addition to the buffers that are pinned.
     *
     * @return {@code false} if a buffer is being closed. No buffer is pinned then
     */
    public boolean add(Operation<?> operation) {
        boolean added = false;
        try {
            added = add(operation.destination()) && add(operation.source())
                    && add(operation.second());
            return added;
        } finally {
            if (!added) {
                unpin();
            }
        }
    }

    private boolean add(MemorySegment segment) {
        if (segment == null) {
            return true;
        }
        // Consecutive tasks usually use the same two buffers.
        for (int i = count - 1; i >= 0 && i >= count - 2; i--) {
            if (regions[i].contains(segment)) {
                return true;
            }
        }
        MemoryRegion found = MemoryRegions.find(segment);
        if (found == null) {
            return true;
        }
        if (count == regions.length) { // This precedes the pin, because the heap may be full.
            regions = Arrays.copyOf(regions, Math.max(FIRST_CAPACITY, 2 * count));
        }
        if (!found.pin()) {
            return false;
        }
        regions[count++] = found;
        return true;
    }

    public void unpin() {
        while (count > 0) {
            regions[--count].unpin();
            regions[count] = null;
        }
    }
}
