package io.github.vdm4j;

import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.trace.OperationTrace;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * The descriptor and the completion record of an operation, for a {@link VdmExecutor}. Users of a
 * mover hold the same object as a {@link VdmFuture}.
 *
 * <p>The descriptor does not change between {@link VdmExecutor#start} and the end of the operation.
 * The thread that executes the operation writes the completion record with {@link #succeed} or
 * {@link #fail}. A task of a batch is an operation, too, but is not polled.
 *
 * <p>C counterpart: the fields of {@code dml_job_t} that an operation takes; a descriptor and a
 * completion record of DSA.
 *
 * @param <R> the type of the output
 */
public final class Operation<R> extends VdmFuture<R> {
    private static final VdmOperationType[] TYPES = VdmOperationType.values();
    private static final ExecutionPath[] PATHS = ExecutionPath.values();
    private static final VdmFailure HEAP_FULL = new VdmFailure(
            VdmResult.OUT_OF_MEMORY, null, "failed: the Java heap is full", null, 0);
    private static final VdmFailure NOT_RUN =
            new VdmFailure(VdmResult.NOT_RUN, null, "was not run", null, 0);
    private static final int DURABLE = VdmFlags.MEM_DURABLE.bits() << 8;
    private static final int NO_CACHE_HINT = VdmFlags.NO_CACHE_HINT.bits() << 8;
    /** In the flags' byte: a task of a batch that waits for those before it. */
    private static final int FENCED = 1 << 14;
    /** The highest bit of the flags' byte: a flush is durable without a flag. */
    private static final int FLUSHES = 1 << 15;
    /** The highest bit of the path's byte: the completion record is written. */
    private static final int ENDED = 1 << 31;

    private static final ValueLayout.OfInt CRC_IN_MEMORY =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Null for a task of a batch. */
    private final AbstractDataMover mover;
    private final VdmExecutor executor;
    /** Type, flags, fill byte and path, 8 bits each: a plain copy allocates 80 bytes. */
    private int operation;
    private MemorySegment destination;
    private MemorySegment source;
    /** Null for an operation that has never been anything but a copy, fill or flush. */
    private Operands operands;
    private VdmFailure failure;
    private Object attachment;

    // Guarded by the list that the operation is in.
    Operation<?> previous;
    Operation<?> next;
    PendingList list;
    long place;

    Operation(AbstractDataMover mover) {
        this.mover = mover;
        executor = mover == null ? null : mover.executor();
    }

    /** Marks an operation that is prepared later. */
    void leaveUnprepared() {
        withhold();
    }

    @Override
    protected String whyWithheld() {
        return "nothing prepared: call memcpy, crc32c or another operation first";
    }

    /** Writes the descriptor of an operation that no other thread can see yet. */
    void describe(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags) {
        operation = type.ordinal()
                | flags.bits() << 8
                | (type == VdmOperationType.FLUSH ? FLUSHES : 0)
                | ((int) pattern & 0xff) << 16;
        // Storing a reference makes work for the garbage collector, even if it is the same one.
        if (destination != to) {
            destination = to;
        }
        if (source != from) {
            source = from;
        }
        if (failure != null) {
            failure = null;
        }
        if (operands != null || type.ordinal() > VdmOperationType.FLUSH.ordinal()) {
            describeOperands(second, pattern, options);
        }
    }

    private void describeOperands(MemorySegment second, long pattern, Object options) {
        if (operands == null) {
            operands = new Operands();
        }
        operands.pattern = pattern;
        if (operands.second != second) {
            operands.second = second;
        }
        if (operands.options != options) {
            operands.options = options;
        }
        operands.value = 0;
        operands.outcome = 0;
    }

    /**
     * Writes the descriptor anew.
     *
     * @throws IllegalStateException if the operation is running, or another thread prepares it
     */
    void prepare(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags) {
        withdraw();
        describe(type, to, from, second, pattern, options, flags);
        becomeIdle();
    }

    /**
     * Makes the operation idle again, with the descriptor that it has.
     *
     * @throws IllegalStateException if the operation is running, was never prepared, or another
     *     thread prepares it
     */
    void prepareAgain() {
        claim(); // before the fields are read: another thread must not write them meanwhile
        try {
            if (destination == null && source == null && type() == VdmOperationType.MEMCPY) {
                throw new IllegalStateException(whyWithheld());
            }
            mover.check(type(), destination, source, second(),
                    operands == null ? null : operands.options, flags());
        } catch (Throwable e) {
            reinstate();
            throw e;
        }
        renew();
        reset();
        becomeIdle();
    }

    /** Makes this the future of a batch, of the tasks that the list has when it starts. */
    void prepareBatch(TaskList tasks) {
        withdraw();
        describe(VdmOperationType.BATCH, null, null, null, 0, null, VdmFlags.NONE);
        operands.tasks = tasks;
        becomeIdle();
    }

    @Override
    public VdmOperationType type() {
        return TYPES[operation & 0xff];
    }

    @Override
    public VdmFlags flags() {
        return VdmFlags.ofBits(operation >> 8 & 0x3f);
    }

    @Override
    public MemorySegment destination() {
        return destination;
    }

    /**
     * Returns the range that is read: the delta record for {@link VdmOperationType#DELTA_APPLY},
     * the original for {@link VdmOperationType#DELTA_CREATE}.
     *
     * @return the segment, or null if the operation reads nothing
     */
    public MemorySegment source() {
        return source;
    }

    /**
     * Returns the other side of a comparison, or the modified range for {@link
     * VdmOperationType#DELTA_CREATE}.
     *
     * @return the segment, or null
     */
    public MemorySegment secondSource() {
        VdmOperationType type = type();
        return type == VdmOperationType.DUALCAST || type == VdmOperationType.CRC ? null : second();
    }

    /**
     * Returns the second range that is written.
     *
     * @return the segment, or null for every operation but {@link VdmOperationType#DUALCAST}
     */
    public MemorySegment secondDestination() {
        return type() == VdmOperationType.DUALCAST ? second() : null;
    }

    /**
     * Returns where the CRC is written. {@link #succeed(ExecutionPath, long, int)} writes it, so
     * executors do not.
     *
     * @return four bytes; null for every operation but {@link VdmOperationType#CRC}, and for a CRC
     *     that is only returned
     */
    public MemorySegment crcDestination() {
        return type() == VdmOperationType.CRC ? second() : null;
    }

    /**
     * Returns the second range, read or written. No operation has two.
     *
     * @return the segment, or null
     */
    public MemorySegment second() {
        return operands == null ? null : operands.second;
    }

    /**
     * Returns the pattern, whose lowest byte comes first in memory. A memset has its byte eight
     * times.
     *
     * @return eight bytes; 0 if the operation needs none
     */
    public long pattern() {
        return type() == VdmOperationType.MEMSET ? (fillByte() & 0xffL) * 0x0101010101010101L
                : operands == null ? 0 : operands.pattern;
    }

    /**
     * Returns the byte of a memset.
     *
     * @return the byte that was passed to memset, else 0
     */
    public byte fillByte() {
        return (byte) (operation >> 16);
    }

    /**
     * Returns the options of the CRC.
     *
     * @return the options, or null for other operations
     */
    public CrcOptions crc() {
        return operands != null && operands.options instanceof CrcOptions options ? options : null;
    }

    /**
     * Returns the protection of the blocks.
     *
     * @return the configuration, or null for other operations
     */
    public DifConfig dif() {
        return operands != null && operands.options instanceof DifConfig config ? config : null;
    }

    /**
     * Returns the tasks of a batch.
     *
     * @return the tasks in order, to be read only; null for other operations
     */
    public List<Operation<?>> tasks() {
        return operands == null ? null : operands.tasks;
    }

    /** Makes a described task of a batch wait for those before it. */
    void fence() {
        operation |= FENCED;
    }

    /**
     * Returns whether every task of the batch before this one has to succeed first.
     *
     * @return true if there is a fence before it
     */
    public boolean isFenced() {
        return (operation & FENCED) != 0;
    }

    /**
     * Returns whether the destinations have to be made durable.
     *
     * @return true for a flush, and for {@link VdmFlags#MEM_DURABLE}
     */
    public boolean isDurable() {
        return (operation & (DURABLE | FLUSHES)) != 0;
    }

    /**
     * Returns whether the destination should be left in the processor's caches.
     *
     * @return false for {@link VdmFlags#NO_CACHE_HINT}
     */
    public boolean isForCache() {
        return (operation & NO_CACHE_HINT) == 0;
    }

    @Override
    public long byteSize() {
        return source != null ? source.byteSize()
                : destination != null ? destination.byteSize()
                        : operands != null && operands.tasks != null ? operands.tasks.byteSize()
                                : 0;
    }

    /**
     * Returns whether a thread may access all segments of the operation, or of the batch's tasks.
     *
     * @param thread the thread
     * @return false if a segment is confined to another thread
     */
    public boolean isAccessibleBy(Thread thread) {
        Objects.requireNonNull(thread, "thread");
        List<Operation<?>> tasks = tasks();
        if (tasks != null) {
            for (int i = 0; i < tasks.size(); i++) { // a stream or an iterator is an allocation
                if (!tasks.get(i).isAccessibleBy(thread)) {
                    return false;
                }
            }
            return true;
        }
        return isAccessible(destination, thread)
                && isAccessible(source, thread)
                && isAccessible(second(), thread);
    }

    private static boolean isAccessible(MemorySegment segment, Thread thread) {
        return segment == null || segment.isAccessibleBy(thread);
    }

    /**
     * Returns whether all segments of the operation, or of the batch's tasks, are off-heap.
     *
     * @return false if native code cannot reach one
     */
    public boolean isOffHeap() {
        List<Operation<?>> tasks = tasks();
        if (tasks != null) {
            for (int i = 0; i < tasks.size(); i++) { // as above
                if (!tasks.get(i).isOffHeap()) {
                    return false;
                }
            }
            return true;
        }
        return isOffHeap(destination) && isOffHeap(source) && isOffHeap(second());
    }

    private static boolean isOffHeap(MemorySegment segment) {
        return segment == null || segment.isNative();
    }

    /**
     * Requires that the current thread may access all segments of the operation.
     *
     * @throws WrongThreadException if one is confined to another thread
     */
    public void requireAccess() {
        if (!isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("%s: a segment is confined to another thread than %s"
                    .formatted(type(), Thread.currentThread()));
        }
    }

    /**
     * Returns what the executor has attached to the operation.
     *
     * @return the object, or null
     */
    public Object attachment() {
        return attachment;
    }

    /**
     * Attaches an object of the executor. It stays until the executor replaces it, also when the
     * operation is prepared anew.
     *
     * @param object the object, or null
     */
    public void attach(Object object) {
        attachment = object;
    }

    /**
     * Hands the operation over: from now on the executor owns it, and polls only read its state.
     * {@link VdmExecutor#start} or {@link VdmExecutor#resume} calls this before another thread can
     * see the operation, and returns null then.
     */
    public void handOver() {
        if (isStarting()) {
            mover.tally().begun();
        }
        detach();
        Seam.at("hand over and link");
    }

    /** Ends an operation that was handed over. Its completion record must be written. */
    public void complete() {
        recordEnd(false);
        completeDetached();
    }

    /**
     * Ends an operation that was handed over with a failure of the executor.
     *
     * @param thrown what ended it
     */
    public void completeBroken(Throwable thrown) {
        Objects.requireNonNull(thrown, "thrown");
        completeWith(thrown);
        complete();
    }

    /**
     * Continues an operation that was handed over. The current thread polls it from now on.
     *
     * @return the state reached
     */
    public FutureState takeOver() {
        return resumeDetached();
    }

    /**
     * Runs work of an executor that may complete operations, before callbacks of users. A callback
     * may block, and must not hold up the work.
     *
     * @param work the work
     */
    public static void beforeCallbacks(Runnable work) {
        runBeforeCallbacks(Objects.requireNonNull(work, "work"));
    }

    /** Counts a retry of a part that found a work queue full. */
    public void countRetry() {
        if (mover != null) {
            mover.tally().retried();
        }
    }

    /**
     * Returns whether a thread awaits the operation and no other future at the same time.
     *
     * @return true if it makes no sense to leave the thread free
     */
    public boolean isAwaited() {
        return hasLoneWaiter();
    }

    /**
     * Returns whether the operation may block the current thread, which advances it.
     *
     * @return true if a platform thread of the user awaits the operation without a timeout
     */
    public boolean mayBlockCaller() {
        return isAwaitedByCaller() && !Thread.currentThread().isVirtual()
                && !LibraryThread.isCurrent();
    }

    /** Polls the operation if it is running and was not handed over. */
    public void advanceIfRunning() {
        pollIfRunning();
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        boolean first = isStarting();
        FutureState reached;
        try {
            if (OperationTrace.isOn()) {
                tracePoll(first);
            }
            reached = !first ? executor.resume(this)
                    : mover.isClosed() ? failClosed() : executor.start(this);
        } catch (WrongThreadException e) {
            throw e;
        } catch (Throwable e) {
            completeWith(e);
            reached = FutureState.COMPLETE;
        }
        if (reached == FutureState.COMPLETE) {
            recordEnd(first);
        } else if (reached == FutureState.RUNNING) {
            if (first) {
                mover.tally().begun();
            }
            if (notifier.waker() != null && isWatched()) {
                notifier.useWaker();
            }
        }
        return reached;
    }

    /** An executor that cannot watch leaves the operation to its pollers. */
    private boolean isWatched() {
        try {
            return executor.watch(this);
        } catch (Throwable e) { // the heap may be full while the device executes the operation
            LibraryThread.report(e);
            return false;
        }
    }

    private void tracePoll(boolean first) {
        try {
            OperationTrace.poll(this, first);
        } catch (Throwable e) { // the operation goes on without a trace
            LibraryThread.report(e);
        }
    }

    /** Counts and traces the end. Nothing that fails here keeps the operation from completing. */
    private void recordEnd(boolean inFirstPoll) {
        try {
            if (failure == null) {
                mover.tally().succeeded(byteSize(), inFirstPoll);
            } else {
                mover.tally().failed(inFirstPoll);
            }
            if (OperationTrace.isOn()) {
                OperationTrace.end(this, type().toString(), byteSize(), mover.name(),
                        PATHS[operation >>> 24 & 0x7f].name(), howItEnded().name());
            }
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    @Override
    protected void published() {
        executor.handOff();
    }

    @Override
    protected void polledWhileDetached() {
        executor.reap(this);
    }

    @Override
    protected void answerWhileDetached(Notifier notifier) {
        executor.answer(this, notifier);
    }

    @Override
    protected boolean takeFromDriver() {
        if (!executor.cancelPending(this)) {
            return false;
        }
        completeWith(new CancellationException()); // before the end is counted and traced
        recordEnd(false);
        return true;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && executor.isAsync(this);
    }

    /**
     * Writes the completion record of an operation that has succeeded without a result of its own.
     *
     * @param path what executed it
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState succeed(ExecutionPath path) {
        Objects.requireNonNull(path, "path");
        operation = operation & 0xffffff | path.ordinal() << 24 | ENDED;
        return FutureState.COMPLETE;
    }

    /**
     * Writes the completion record of a data operation that is done, and before it the CRC of an
     * operation that has a {@link #crcDestination()}.
     *
     * @param path what executed it
     * @param value the offset of the first mismatch or of the failing block, -1 for none; or the
     *     CRC in the low 32 bits; or the delta record's size in bytes
     * @param outcome the ordinal of {@link DeltaResult.Outcome}, or the bits of the {@link
     *     io.github.vdm4j.operation.DifError}s, else 0
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState succeed(ExecutionPath path, long value, int outcome) {
        if (operands != null) {
            operands.value = value;
            operands.outcome = outcome;
            if (crcDestination() != null) {
                return succeedWithCrc(path, (int) value);
            }
        }
        return succeed(path);
    }

    private FutureState succeedWithCrc(ExecutionPath path, int crc) {
        MemorySegment to = crcDestination();
        try {
            to.set(CRC_IN_MEMORY, 0, crc);
            PageFaults.deliver();
            return succeed(path);
        } catch (WrongThreadException e) {
            throw e; // a poll of the thread that owns the memory writes it
        } catch (IllegalStateException e) {
            return fail(path, VdmResult.SEGMENT_UNUSABLE, null,
                    "failed: the arena of the destination was closed before the CRC was written",
                    e, byteSize());
        } catch (InternalError e) {
            return fail(path, VdmResult.IO_ERROR, null,
                    "failed: the CRC was not written: "
                            + new PageUnavailableException(e, to).getMessage(),
                    e, byteSize());
        }
    }

    /**
     * Writes the completion record of an operation that failed.
     *
     * @param path what executed it, {@link ExecutionPath#NONE} if nothing did
     * @param how the result, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null
     * @param reason the reason, which follows "memcpy of 64 bytes " in the message
     * @param cause the failure underneath, or null
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState fail(ExecutionPath path, VdmResult how, VdmStatus status, String reason,
            Throwable cause) {
        return fail(path, how, status, reason, cause, 0);
    }

    /**
     * Writes the completion record of an operation that failed after a part of it was done.
     *
     * @param path what executed it, {@link ExecutionPath#NONE} if nothing did
     * @param how the result, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null
     * @param reason the reason, which follows "memcpy of 64 bytes " in the message
     * @param cause the failure underneath, or null
     * @param bytesDone what {@link #bytesDone()} returns
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState fail(ExecutionPath path, VdmResult how, VdmStatus status, String reason,
            Throwable cause, long bytesDone) {
        Objects.requireNonNull(path, "path");
        failure = new VdmFailure(Objects.requireNonNull(how, "how"), status,
                Objects.requireNonNull(reason, "reason"), cause, bytesDone);
        return succeed(path);
    }

    /**
     * Writes the completion record of an operation whose bytes were moved but could not be made
     * durable.
     *
     * @param path what moved the bytes
     * @param cause an {@link IOException} of the storage, or the exception for a segment
     *     whose arena was closed
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failWriteBack(ExecutionPath path, Exception cause) {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(cause, "cause");
        boolean closed = cause instanceof IllegalStateException;
        return fail(
                path,
                closed ? VdmResult.SEGMENT_UNUSABLE : VdmResult.IO_ERROR,
                null,
                closed
                        ? "failed: the arena of the destination was closed before it was written back"
                        : cause instanceof IOException
                                ? "failed: the bytes are in memory but could not be written back: "
                                        + cause.getMessage()
                                : "failed: " + cause.getMessage(),
                cause,
                type() == VdmOperationType.FLUSH ? 0 : byteSize());
    }

    /**
     * Writes the completion record of an operation that a failure of the executor ended.
     *
     * @param thrown what ended it
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failWith(Throwable thrown) {
        completeWith(Objects.requireNonNull(thrown, "thrown"));
        return FutureState.COMPLETE;
    }

    /**
     * Writes the completion record of an operation whose mover was closed before it began.
     *
     * @return {@link FutureState#COMPLETE}
     */
    public FutureState failClosed() {
        return fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed",
                null);
    }

    /**
     * Writes the completion record of a task that is not run.
     *
     * @param place the place of the first task before its fence that failed
     * @param failed that task
     */
    public void abandon(int place, Operation<?> failed) {
        Objects.requireNonNull(failed, "failed");
        fail(
                ExecutionPath.NONE,
                VdmResult.NOT_RUN,
                null,
                "was not run, because task %,d, the %s before its fence, failed".formatted(place,
                        failed.description()),
                null);
    }

    /** Forgets how an earlier execution ended, for a task that is run again. */
    void reset() {
        operation = operation & 0xffffff;
        failure = null;
        if (operands != null) {
            operands.value = 0;
            operands.outcome = 0;
        }
    }

    @Override
    protected void completeWith(Throwable thrown) {
        try {
            boolean cancelled = thrown instanceof CancellationException;
            fail(
                    ExecutionPath.NONE,
                    cancelled ? VdmResult.CANCELLED
                            : thrown instanceof OutOfMemoryError ? VdmResult.OUT_OF_MEMORY
                                    : VdmResult.INTERNAL_ERROR,
                    null,
                    cancelled ? "was cancelled before it was started" : "failed: " + thrown,
                    thrown);
        } catch (OutOfMemoryError e) {
            failure = HEAP_FULL;
            succeed(ExecutionPath.NONE);
        }
    }

    /**
     * Returns the result of an operation that has ended, for the executor. A task of a batch that
     * has not run has {@link VdmResult#NOT_RUN}.
     *
     * @return the result
     */
    public VdmResult howItEnded() {
        return (operation & ENDED) == 0 ? VdmResult.NOT_RUN
                : failure == null ? VdmResult.SUCCESS : failure.result();
    }

    /**
     * Returns what executed an operation that has ended, for the executor.
     *
     * @return the path
     */
    public ExecutionPath executedBy() {
        return PATHS[operation >>> 24 & 0x7f];
    }

    /**
     * Returns the number that the operation has produced.
     *
     * @return see {@link #succeed(ExecutionPath, long, int)}
     */
    public long value() {
        return operands == null ? 0 : operands.value;
    }

    /**
     * Returns the second number that the operation has produced.
     *
     * @return see {@link #succeed(ExecutionPath, long, int)}
     */
    public int outcome() {
        return operands == null ? 0 : operands.outcome;
    }

    @Override
    public VdmResult result() {
        requireComplete();
        return howItEnded();
    }

    @Override
    public long bytesDone() {
        return state() == FutureState.COMPLETE ? done()
                : state() == FutureState.IDLE ? 0 : executor.bytesDone(this);
    }

    private long done() {
        if (failure != null) {
            return failure.bytesDone();
        }
        return tasks() == null ? byteSize() : tasks().stream().mapToLong(Operation::done).sum();
    }

    @Override
    public ExecutionPath path() {
        requireComplete();
        return executedBy();
    }

    @Override
    public VdmException failure() {
        requireComplete();
        return exception();
    }

    VdmException exception() {
        VdmFailure failed = failure;
        if (failed == null && howItEnded() == VdmResult.NOT_RUN) {
            failed = NOT_RUN;
        }
        return failed == null ? null : failed.toException(type(), byteSize());
    }

    /** The value of a complete operation, for {@link VdmOperation#value}. */
    long valueOrThrow() {
        if (result() != VdmResult.SUCCESS) {
            throw new IllegalStateException("the operation failed: " + failure().getMessage());
        }
        return value();
    }

    @Override
    @SuppressWarnings("unchecked") // the mover pairs the type of the operation with R
    public R output() {
        requireComplete();
        return (R) typedOutput();
    }

    /** The output of the operation, or null if it failed and its output is a result of its own. */
    Object typedOutput() {
        VdmOperationType type = type();
        VdmResult how = howItEnded();
        if (type.ordinal() <= VdmOperationType.FLUSH.ordinal()) {
            return new VdmOutput(type, how, destination, executedBy());
        }
        if (type == VdmOperationType.BATCH) {
            return operands.tasks.result();
        }
        if (how != VdmResult.SUCCESS) {
            return null;
        }
        long value = operands.value;
        return switch (type) {
            case COMPARE, COMPARE_PATTERN ->
                value < 0 ? CompareResult.EQUAL : CompareResult.mismatchAt(value);
            case CRC, COPY_CRC -> new Crc32c((int) value);
            case DELTA_CREATE ->
                new DeltaResult(DeltaResult.Outcome.values()[operands.outcome], value);
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> DifResult.of(value, operands.outcome);
            default -> new VdmOutput(
                    type, how, destination == null ? MemorySegment.NULL : destination,
                    executedBy());
        };
    }

    /**
     * Returns the operation in words, without its state.
     *
     * @return the text
     */
    public String description() {
        return "%s of %,d bytes".formatted(type(), byteSize());
    }

    @Override
    public String toString() {
        return tasks() == null ? "%s, %s".formatted(description(), state())
                : "batch of %,d tasks, %,d bytes, %s".formatted(tasks().size(), byteSize(),
                        state());
    }
}
