package io.github.vdm4j.operation;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;

/** The tasks of a batch. Keeps those that were taken out, to be written anew. */
final class TaskList extends AbstractList<BatchTask> implements RandomAccess {
    private static final int FEW = 8;

    private BatchTask[] tasks = new BatchTask[FEW];
    private int size;
    private long bytes;

    @Override
    public BatchTask get(int index) {
        return tasks[Objects.checkIndex(index, size)];
    }

    @Override
    public int size() {
        return size;
    }

    /**
     * The task behind the last, to be written: in the list once it is {@linkplain #addNext added}.
     */
    BatchTask next() {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        BatchTask next = tasks[size];
        if (next == null) {
            next = new BatchTask();
            tasks[size] = next;
        }
        return next;
    }

    /** Adds what was written, as a task that has not been run. */
    void addNext(boolean fenced) {
        BatchTask next = tasks[size];
        next.begin(fenced);
        bytes += next.descriptor().byteSize();
        size++;
    }

    /** Takes all tasks out. They are left as they are until they are written anew. */
    void takeAllOut() {
        size = 0;
        bytes = 0;
    }

    /** The bytes of all tasks together; added up here, as the segments have just been looked at. */
    long byteSize() {
        return bytes;
    }
}
