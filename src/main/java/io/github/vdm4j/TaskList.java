package io.github.vdm4j;

import io.github.vdm4j.machine.FailureName;
import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/** The tasks of a batch. It keeps removed tasks and reuses their objects. */
final class TaskList extends AbstractList<Operation<?>> implements RandomAccess {
    private static final int FEW = 8;

    private Operation<?>[] tasks = new Operation<?>[FEW];
    private int size;
    private long bytes;
    /** The number of removals of all tasks. Readers of the results compare it. */
    private volatile int generation;

    @Override
    public Operation<?> get(int index) {
        return tasks[Objects.checkIndex(index, size)];
    }

    @Override
    public int size() {
        return size;
    }

    /** Adds a task. The caller has checked the arguments. */
    void add(boolean fenced, VdmOperationType type, MemorySegment to, MemorySegment from,
            MemorySegment second, long pattern, Object options, VdmFlags flags) {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        Operation<?> task = tasks[size];
        if (task == null) {
            task = new Operation<>(null);
            tasks[size] = task;
        }
        task.describe(type, to, from, second, pattern, options, flags);
        if (fenced) {
            task.fence();
        }
        long sum = bytes + task.byteSize();
        bytes = sum < 0 ? Long.MAX_VALUE : sum;
        size++;
    }

    /** Clears the completion records of the tasks before the next execution. */
    void reset() {
        for (int i = 0; i < size; i++) {
            tasks[i].reset();
        }
    }

    /** Removes all tasks. Their objects stay unchanged until they are reused. */
    void takeAllOut() {
        generation++;
        size = 0;
        bytes = 0;
    }

    /** Returns the sum of the bytes of all tasks, at most {@link Long#MAX_VALUE}. */
    long byteSize() {
        return bytes;
    }

    /** Returns the results of the tasks. */
    BatchResult result() {
        int before = generation;
        List<TaskResult> results = new ArrayList<>(size);
        try {
            for (int i = 0; i < size; i++) {
                results.add(TaskResult.of(tasks[i]));
            }
        } catch (RuntimeException e) {
            if (generation == before) {
                throw e;
            }
        }
        if (generation != before) {
            throw new ConcurrentModificationException(
                    FailureName.CONCURRENT_USE.endOf(
                            "another thread cleared the batch during the call that reads its "
                                    + "result. Read the result first"));
        }
        return new BatchResult(results);
    }
}
