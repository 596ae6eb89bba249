package io.github.vdm4j.operation;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Several operations that are executed as one: any number of any kinds, cheaper than one by one
 * where they are small.
 *
 * <pre>{@code
 * BatchResult done = mover.batch()
 *     .memcpy(first, source)
 *     .fence()
 *     .crc32c(first)
 *     .submit()
 *     .await();
 * Crc32c crc = done.get(1).output(Crc32c.class);
 * }</pre>
 *
 * <p>The tasks run in any order, and at the same time, except where there is a {@linkplain #fence()
 * fence}. Each succeeds or fails on its own. Arguments are checked when a task is added, as {@link
 * DataOperations} and {@link io.github.vdm4j.Vdm} check them; a task that is refused is not added,
 * and the batch stays as it was.
 *
 * <p>A batch is for one thread at a time. If two threads are inside its methods at the same moment,
 * one of them gets an {@link IllegalStateException}.
 *
 * <p>C counterpart: {@code DML_OP_BATCH} and {@code dml_batch_set_..._by_index}.
 */
public final class Batch {
    private final OperationsMover mover;
    private final TaskList tasks = new TaskList();

    /** True while a thread is inside a method that changes the batch. */
    private final AtomicBoolean changing = new AtomicBoolean();

    private boolean fence;

    /** Whether the tasks are those of the last submission. */
    private boolean submitted;

    /** Null before the first submission. */
    private BatchFuture future;

    Batch(OperationsMover mover) {
        this.mover = mover;
    }

    /** Keeps other threads out until {@link #endChange}. */
    private void beginChange() {
        if (!changing.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "two threads use the batch at the same time: give each thread a batch of its"
                            + " own");
        }
    }

    private void endChange() {
        changing.setRelease(false);
    }

    /** To be written by this thread alone, until {@link #add}. */
    private Descriptor next() {
        beginChange();
        try {
            if (submitted) {
                throw new IllegalStateException(
                        "the batch was submitted: clear it for other tasks, or make a new one");
            }
            return tasks.next().descriptor();
        } catch (RuntimeException | Error e) {
            endChange();
            throw e;
        }
    }

    /** What was written is a task from now on, unless it breaks a rule. */
    private Batch add(Descriptor written) {
        try {
            mover.checked(written);
            tasks.addNext(fence);
            fence = false;
        } finally {
            endChange();
        }
        return this;
    }

    /**
     * Adds a {@link io.github.vdm4j.Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this
     */
    public Batch memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return add(next().copy(VdmOperationType.MEMCPY, destination, source, flags));
    }

    /**
     * As {@link #memcpy(MemorySegment, MemorySegment, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @return this
     */
    public Batch memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Adds a {@link io.github.vdm4j.Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this
     */
    public Batch memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return add(next().copy(VdmOperationType.MEMMOVE, destination, source, flags));
    }

    /**
     * Adds a {@link io.github.vdm4j.Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return this
     */
    public Batch memset(MemorySegment destination, byte value, VdmFlags flags) {
        return add(next().memset(destination, value, flags));
    }

    /**
     * Adds a {@link io.github.vdm4j.Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return this
     */
    public Batch flush(MemorySegment range) {
        return add(next().flush(range));
    }

    /**
     * Adds a {@link DataOperations#nop}.
     *
     * @return this
     */
    public Batch nop() {
        return add(next().operation(VdmOperationType.NOP, VdmFlags.NONE));
    }

    /**
     * Adds a {@link DataOperations#fill(MemorySegment, long, VdmFlags)}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @param flags what to promise
     * @return this
     */
    public Batch fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return add(next().fill(destination, pattern, flags));
    }

    /**
     * As {@link #fill(MemorySegment, long, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @return this
     */
    public Batch fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Adds a {@link DataOperations#compare}.
     *
     * @param first a range
     * @param second another of the same size
     * @return this
     */
    public Batch compare(MemorySegment first, MemorySegment second) {
        return add(next().compare(first, second));
    }

    /**
     * Adds a {@link DataOperations#comparePattern}.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return this
     */
    public Batch comparePattern(MemorySegment range, long pattern) {
        return add(next().comparePattern(range, pattern));
    }

    /**
     * Adds a {@link DataOperations#createDelta}.
     *
     * @param record where to write the record
     * @param original a range
     * @param modified another of the same size
     * @return this
     */
    public Batch createDelta(MemorySegment record, MemorySegment original, MemorySegment modified) {
        return add(next().createDelta(record, original, modified));
    }

    /**
     * Adds a {@link DataOperations#applyDelta(MemorySegment, MemorySegment, VdmFlags)}. The record
     * is checked when the batch starts, so no task of the same batch can make it.
     *
     * @param destination the range to change
     * @param record the record, cut to its size
     * @param flags what to promise
     * @return this
     */
    public Batch applyDelta(MemorySegment destination, MemorySegment record, VdmFlags flags) {
        return add(next().applyDelta(destination, record, flags));
    }

    /**
     * Adds a {@link DataOperations#dualcast(MemorySegment, MemorySegment, MemorySegment,
     * VdmFlags)}.
     *
     * @param first a range to write
     * @param second another, whose address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags what to promise of both
     * @return this
     */
    public Batch dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags) {
        return add(next().dualcast(first, second, source, flags));
    }

    /**
     * Adds a {@link DataOperations#crc32c(MemorySegment, CrcOptions)}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @return this
     */
    public Batch crc32c(MemorySegment range, CrcOptions options) {
        return add(next().crc32c(range, options));
    }

    /**
     * As {@link #crc32c(MemorySegment, CrcOptions)} with {@link CrcOptions#STANDARD}.
     *
     * @param range the range
     * @return this
     */
    public Batch crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Adds a {@link DataOperations#copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param options the seed, and what is reflected
     * @param flags what to promise
     * @return this
     */
    public Batch copyCrc32c(MemorySegment destination, MemorySegment source, CrcOptions options,
            VdmFlags flags) {
        return add(next().copyCrc32c(destination, source, options, flags));
    }

    /**
     * Adds a {@link DataOperations#difCheck}.
     *
     * @param source protected blocks
     * @param config their size and protection
     * @return this
     */
    public Batch difCheck(MemorySegment source, DifConfig config) {
        return add(next().difCheck(source, config));
    }

    /**
     * Adds a {@link DataOperations#difInsert}.
     *
     * @param destination the protected blocks to write
     * @param source the blocks
     * @param config their size and protection
     * @param flags what to promise
     * @return this
     */
    public Batch difInsert(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return add(next().dif(VdmOperationType.DIF_INSERT, destination, source, config, flags));
    }

    /**
     * Adds a {@link DataOperations#difStrip}.
     *
     * @param destination the blocks to write
     * @param source protected blocks
     * @param config their size and protection
     * @param flags what to promise
     * @return this
     */
    public Batch difStrip(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return add(next().dif(VdmOperationType.DIF_STRIP, destination, source, config, flags));
    }

    /**
     * Adds a {@link DataOperations#difUpdate}.
     *
     * @param destination the protected blocks to write
     * @param source protected blocks
     * @param config their size and both protections
     * @param flags what to promise
     * @return this
     */
    public Batch difUpdate(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return add(next().dif(VdmOperationType.DIF_UPDATE, destination, source, config, flags));
    }

    /**
     * What is added next runs after everything before it has been done, and only if all of that has
     * succeeded. A comparison that found a mismatch, and a check that found a bad block, has.
     *
     * @return this
     */
    public Batch fence() {
        beginChange();
        fence = !tasks.isEmpty();
        endChange();
        return this;
    }

    /**
     * Takes all tasks out, so that others can be added and submitted. As many as there were are
     * added without anything being allocated. What is to be known of the last submission has to be
     * asked for before: its future is that of the next one, too. Segments of the tasks that were
     * taken out stay reachable until others take their places.
     *
     * @return this, without a task
     * @throws IllegalStateException if the batch was submitted and is not complete
     */
    public Batch clear() {
        beginChange();
        try {
            requireComplete("cleared");
            tasks.takeAllOut();
            fence = false;
            submitted = false;
        } finally {
            endChange();
        }
        return this;
    }

    private void requireComplete(String what) {
        if (future != null && future.state() != FutureState.COMPLETE) {
            throw new IllegalStateException(
                    "the batch is %s: poll it to its end before it is %s".formatted(future.state(),
                            what));
        }
    }

    /**
     * How many tasks there are.
     *
     * @return the number
     */
    public int size() {
        return tasks.size();
    }

    /**
     * Makes one future of the tasks. Like any other it starts when it is first polled.
     *
     * <p>A batch can be submitted again once its future is complete, as often as one likes and
     * without anything being allocated: it is the same future, and idle again. With the same tasks
     * that is cheapest; for others it has to be {@linkplain #clear cleared}.
     *
     * @return an idle future
     * @throws IllegalStateException if there is no task, the batch was submitted before and is not
     * complete, or the mover is closed
     */
    public BatchFuture submit() {
        beginChange();
        try {
            return submitTasks();
        } finally {
            endChange();
        }
    }

    private BatchFuture submitTasks() {
        if (tasks.isEmpty()) {
            throw new IllegalStateException("the batch has no task");
        }
        mover.requireOpen(VdmOperationType.BATCH);
        if (future == null) {
            future = mover.newBatchFuture(tasks);
            future.ofBytes(tasks.byteSize());
        } else {
            requireComplete("submitted again");
            future.ofBytes(tasks.byteSize());
            future.rearm(!submitted);
        }
        submitted = true;
        return future;
    }
}
