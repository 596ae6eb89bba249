package io.github.vdm4j;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.Message;
import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A list of operations that a mover executes together. A batch contains any number of operations of
 * all types. It is faster than single small operations.
 *
 * {@snippet lang=java :
 *     Batch batch = mover.batch();
 *     long offset = 0;
 *     for (MemorySegment record : records) {
 *         batch.memcpy(page.asSlice(offset, record.byteSize()), record);
 *         offset += record.byteSize();
 *     }
 *     BatchResult result = batch.fence().crc32c(page.asSlice(0, offset)).submit().await();
 * }
 *
 * <p>The tasks run in any order and at the same time. A {@linkplain #fence() fence} orders them.
 * Each task succeeds or fails separately.
 *
 * <p>Only one thread at a time may use a batch. If two threads use it at the same time, a method
 * throws an {@link IllegalStateException}.
 *
 * <p>C counterpart: {@code DML_OP_BATCH} and {@code dml_batch_set_..._by_index}.
 */
public final class Batch extends AbstractOperationMethods<Batch, Batch, Batch, Batch, Batch> {
    private final AbstractDataMover mover;
    private final TaskList tasks = new TaskList();
    /** Whether a thread is inside a method of this batch. */
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean fence;
    private boolean submitted;
    /** The future of the tasks, or null before the first submission. */
    private Operation<BatchResult> future;

    Batch(AbstractDataMover mover) {
        this.mover = mover;
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    FailureName.CONCURRENT_USE.endOf(
                            "another thread is using this batch. Make a batch for each thread"));
        }
    }

    private void leave() {
        busy.setRelease(false);
    }

    @Override
    @SuppressWarnings("unchecked") // Each method of this class returns a batch.
    <S> S describe(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, long pattern, Object options, VdmFlags flags) {
        enter();
        try {
            if (submitted) {
                throw new IllegalStateException(
                        FailureName.NOT_COMPLETE.endOf(
                                "the batch was submitted and takes no more tasks. Poll it to its "
                                        + "end and clear it, or make a new batch"));
            }
            mover.check(type, destination, source, second, options, flags);
            tasks.add(fence, type, destination, source, second, pattern, options, flags);
            fence = false;
            return (S) this;
        } finally {
            leave();
        }
    }

    /**
     * Orders the tasks. The next task and all later tasks start after all tasks before the fence
     * have ended. They run only if these tasks have succeeded. A comparison with a mismatch and a
     * check with a bad block are successes.
     *
     * @return this
     */
    public Batch fence() {
        enter();
        fence = !tasks.isEmpty();
        leave();
        return this;
    }

    /**
     * Removes all tasks. The batch reuses their objects for new tasks. Read the results of the last
     * submission before this call, because the next submission has the same future. The segments of
     * removed tasks stay reachable until new tasks replace them.
     *
     * @return this, without tasks
     * @throws IllegalStateException if the batch was submitted and is not complete
     */
    public Batch clear() {
        enter();
        try {
            requireComplete("cleared");
            tasks.takeAllOut();
            fence = false;
            submitted = false;
            return this;
        } finally {
            leave();
        }
    }

    private void requireComplete(String what) {
        if (future != null && future.state() != FutureState.COMPLETE) {
            throw new IllegalStateException(
                    FailureName.NOT_COMPLETE.endOf(
                            "the batch is %s and cannot be %s. Poll it to its end first"
                                    .formatted(future.state(), what)));
        }
    }

    /** {@return the number of tasks} */
    public int size() {
        return tasks.size();
    }

    /**
     * Returns the future of the tasks. Its first poll starts them.
     *
     * <p>A complete batch can be submitted again any number of times without an allocation. The
     * future is the same object, and it becomes idle again. For new tasks, {@linkplain #clear
     * clear} the batch.
     *
     * @return an idle future
     * @throws IllegalStateException if the batch has no task, if it was submitted and is not
     *     complete, or if the mover is closed
     */
    public VdmFuture<BatchResult> submit() {
        enter();
        try {
            if (tasks.isEmpty()) {
                throw new IllegalStateException(FailureName.NOT_PREPARED.endOf(
                        "the batch has no task. Add a task, for example with memcpy"));
            }
            mover.requireOpen(VdmOperationType.BATCH);
            if (future == null) {
                future = new Operation<>(mover);
            } else {
                requireComplete("submitted again");
            }
            if (submitted) {
                tasks.reset();
            }
            future.prepareBatch(tasks);
            submitted = true;
            return future;
        } finally {
            leave();
        }
    }

    /** {@return the number of tasks, their bytes, and the state of the future} */
    @Override
    public String toString() {
        return submitted ? future.toString() : tasks + ", not submitted";
    }

    /** The tasks of a batch. It keeps removed tasks and reuses their objects. */
    static final class TaskList extends AbstractList<Operation<?>> implements RandomAccess {
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

        @Override
        public String toString() {
            return Message.of("batch of %,d tasks, %,d bytes", size, bytes);
        }

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
}
