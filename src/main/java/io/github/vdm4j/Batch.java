package io.github.vdm4j;

import static io.github.vdm4j.VdmOperationType.COMPARE;
import static io.github.vdm4j.VdmOperationType.COMPARE_PATTERN;
import static io.github.vdm4j.VdmOperationType.COPY_CRC;
import static io.github.vdm4j.VdmOperationType.CRC;
import static io.github.vdm4j.VdmOperationType.DELTA_APPLY;
import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_CHECK;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;
import static io.github.vdm4j.VdmOperationType.DIF_UPDATE;
import static io.github.vdm4j.VdmOperationType.DUALCAST;
import static io.github.vdm4j.VdmOperationType.FILL;
import static io.github.vdm4j.VdmOperationType.FLUSH;
import static io.github.vdm4j.VdmOperationType.MEMCPY;
import static io.github.vdm4j.VdmOperationType.MEMMOVE;
import static io.github.vdm4j.VdmOperationType.MEMSET;
import static io.github.vdm4j.VdmOperationType.NOP;
import static java.util.Objects.requireNonNull;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Operations that a mover executes as one. A batch has any number of operations of any kinds, and
 * is cheaper than single small operations.
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
 * Each task succeeds or fails on its own. Each method checks its arguments like the method of
 * {@link Vdm}. If it throws, the batch is unchanged.
 *
 * <p>One thread at a time may use a batch. If two threads use it at once, one of them gets an
 * {@link IllegalStateException}.
 *
 * <p>C counterpart: {@code DML_OP_BATCH} and {@code dml_batch_set_..._by_index}.
 */
public final class Batch {
    private static final VarHandle BUSY;

    static {
        try {
            BUSY = MethodHandles.lookup().findVarHandle(Batch.class, "busy", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AbstractDataMover mover;
    private final TaskList tasks = new TaskList();
    /** Whether a thread is inside a method of this batch. */
    private volatile boolean busy;
    private boolean fence;
    /** Whether the tasks are those of the last submission. */
    private boolean submitted;
    /** Null before the first submission. */
    private Operation<BatchResult> future;

    Batch(AbstractDataMover mover) {
        this.mover = mover;
    }

    private void enter() {
        if (!BUSY.compareAndSet(this, false, true)) {
            throw new IllegalStateException(
                    FailureName.CONCURRENT_USE.endOf(
                            "another thread is using this batch. Make a batch for each thread"));
        }
    }

    private void leave() {
        BUSY.setRelease(this, false);
    }

    private Batch add(VdmOperationType type, MemorySegment destination, MemorySegment source,
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
            return this;
        } finally {
            leave();
        }
    }

    /**
     * Adds {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return add(MEMCPY, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Adds {@link Vdm#memcpy(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @return this
     */
    public Batch memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return add(MEMMOVE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Adds {@link Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch memset(MemorySegment destination, byte value, VdmFlags flags) {
        return add(MEMSET, requireNonNull(destination, "destination"), null, null, value, null,
                flags);
    }

    /**
     * Adds {@link Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch flush(MemorySegment range) {
        return add(FLUSH, requireNonNull(range, "range"), null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#nop()}.
     *
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch nop() {
        return add(NOP, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#fill(MemorySegment, long, VdmFlags)}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return add(FILL, requireNonNull(destination, "destination"), null, null, pattern, null,
                flags);
    }

    /**
     * Adds {@link Vdm#fill(MemorySegment, long)}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @return this
     */
    public Batch fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#compare(MemorySegment, MemorySegment)}.
     *
     * @param first a range
     * @param second another range of the same size
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch compare(MemorySegment first, MemorySegment second) {
        return add(COMPARE, null, requireNonNull(first, "first"), requireNonNull(second, "second"),
                0, null, VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#comparePattern(MemorySegment, long)}.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch comparePattern(MemorySegment range, long pattern) {
        return add(COMPARE_PATTERN, null, requireNonNull(range, "range"), null, pattern, null,
                VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#createDelta(MemorySegment, MemorySegment, MemorySegment)}.
     *
     * @param record the record
     * @param original a range
     * @param modified another range of the same size
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch createDelta(MemorySegment record, MemorySegment original, MemorySegment modified) {
        return add(DELTA_CREATE, requireNonNull(record, "record"),
                requireNonNull(original, "original"), requireNonNull(modified, "modified"), 0, null,
                VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#applyDelta(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param record the record
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch applyDelta(MemorySegment destination, MemorySegment record, VdmFlags flags) {
        return add(DELTA_APPLY, requireNonNull(destination, "destination"),
                requireNonNull(record, "record"), null, 0, null, flags);
    }

    /**
     * Adds {@link Vdm#dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param first a range to write
     * @param second another range to write
     * @param source the range to read
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags) {
        return add(DUALCAST, requireNonNull(first, "first"), requireNonNull(source, "source"),
                requireNonNull(second, "second"), 0, null, flags);
    }

    /**
     * Adds {@link Vdm#crc32c(MemorySegment, CrcOptions)}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch crc32c(MemorySegment range, CrcOptions options) {
        return add(CRC, null, requireNonNull(range, "range"), null, 0,
                requireNonNull(options, "options"), VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#crc32c(MemorySegment)}.
     *
     * @param range the range
     * @return this
     */
    public Batch crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Adds {@link Vdm#crc32c(MemorySegment, CrcOptions, MemorySegment)}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @param destination four bytes for the CRC
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch crc32c(MemorySegment range, CrcOptions options, MemorySegment destination) {
        return add(CRC, null, requireNonNull(range, "range"),
                requireNonNull(destination, "destination"), 0, requireNonNull(options, "options"),
                VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param options the seed, and what is reflected
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch copyCrc32c(MemorySegment destination, MemorySegment source, CrcOptions options,
            VdmFlags flags) {
        return add(COPY_CRC, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(options, "options"),
                flags);
    }

    /**
     * Adds {@link Vdm#difCheck(MemorySegment, DifConfig)}.
     *
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch difCheck(MemorySegment source, DifConfig config) {
        return add(DIF_CHECK, null, requireNonNull(source, "source"), null, 0,
                requireNonNull(config, "config"), VdmFlags.NONE);
    }

    /**
     * Adds {@link Vdm#difInsert(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch difInsert(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return add(DIF_INSERT, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Adds {@link Vdm#difStrip(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch difStrip(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return add(DIF_STRIP, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Adds {@link Vdm#difUpdate(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return this
     * @throws IllegalArgumentException for the reasons of the method of {@link Vdm}
     * @throws IllegalStateException for the reasons of the method of {@link Vdm}, or if the batch
     *     was submitted
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public Batch difUpdate(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return add(DIF_UPDATE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Orders the tasks. A task that is added next runs after every task before the fence has ended,
     * and only if all of them have succeeded. A comparison that found a mismatch has succeeded, and
     * so has a check that found a bad block.
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
     * Removes all tasks. Adding as many tasks again allocates nothing. Read the results of the last
     * submission before, because the next submission has the same future. The segments of removed
     * tasks stay reachable until new tasks replace them.
     *
     * @return this, without a task
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

    /**
     * Returns the number of tasks.
     *
     * @return the number
     */
    public int size() {
        return tasks.size();
    }

    /**
     * Returns the future of the tasks. Its first poll starts them.
     *
     * <p>A complete batch can be submitted again, any number of times and without allocating. The
     * future is the same object, idle again. The same tasks are cheapest. For new tasks,
     * {@linkplain #clear clear} the batch.
     *
     * @return an idle future
     * @throws IllegalStateException if there is no task, the batch was submitted before and is not
     * complete, or the mover is closed
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
}
