package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;

/**
 * A place for one submission at a time. It contains the progress of the operation that uses it. A
 * subclass translates a {@link Part} for its device, implements the protected methods and reads the
 * completion record.
 *
 * <p>One thread at a time uses a slot, after it has taken the slot from the {@link SlotPool}. If
 * another thread continues, the future of the operation provides the happens-before edge.
 */
public abstract class Slot {
    /** The status of an accepted submission and of a successful submission. */
    public static final int OK = 0;

    /**
     * The status of an incomplete submission. DML defines the number, and no channel uses it for
     * another status.
     */
    public static final int IN_FLIGHT = 2;

    /**
     * The status of a bad protected block, see {@link #result} and {@link #offset}. DML defines the
     * number, and no channel uses it for another status.
     */
    public static final int DIF_ERROR = 12;

    private final Channel channel;
    private final Part part = new Part();
    private final OperationProgram single = new OperationProgram(this);

    /** The program of batches. Its first use creates it. */
    private BatchProgram batch;

    private boolean onDevice;
    private boolean submitted;

    /** Whether the slot is free, lent or retired. Only the {@link SlotPool} writes it. */
    volatile int taken;

    private volatile Operation<?> owner;

    /** The pool. It sets this field after the creation of the slot. */
    SlotPool pool;

    /** Creates a slot that submits to the device, or to the software path without a device. */
    protected Slot(Channel channel) {
        this.channel = channel;
        onDevice = channel.hasDevice();
    }

    // --- the channel's part

    /**
     * Submits a part. If an arena is closed, the implementation must not access the memory of its
     * segment. If the call itself accesses the memory, like DML's software path, it must keep the
     * arenas open until it returns. If a device works after the call, a check suffices, see {@link
     * #requireUsable}.
     *
     * @param part the description, valid only during the call
     * @param first the destination, or the source if there is no destination, or null
     * @param second another segment, or null
     * @param third another segment, or null
     * @return {@link #OK} if the device has accepted the part. Otherwise the status of the channel,
     *     and nothing is in flight
     * @throws SegmentClosedException if an arena is closed. Nothing was submitted
     * @throws WrongThreadException if a segment is confined to another thread. Nothing was
     *     submitted
     */
    protected abstract int send(Part part, MemorySegment first, MemorySegment second,
            MemorySegment third);

    /**
     * Submits a batch. A {@link BatchBuffer} contains its descriptors. Each descriptor contains the
     * address of its own completion record.
     *
     * @param list the memory of the descriptors at a multiple of 64, followed by the records
     * @param tasks the number of descriptors
     * @param held one segment of each arena that the tasks use, at most {@link HeldArenas#MOST}. If
     *     a batch on a device has more arenas, the engine has checked its segments
     * @return the same result as {@link #send}. The exceptions are the same, too
     */
    protected abstract int sendBatch(MemorySegment list, int tasks, HeldArenas held);

    /**
     * Checks the last submission. The caller ensures that a submission is in flight.
     *
     * @return {@link #IN_FLIGHT}, {@link #OK}, {@link #DIF_ERROR} or a status of the channel. A
     *     batch fails if a task is not a plain success
     */
    protected abstract int poll();

    /**
     * Returns the result field of the completion record. It is 0 if two ranges are equal, 1 if they
     * differ, and 2 if a delta has no room. For a bad block, it contains the bits of the error.
     */
    protected abstract int result();

    /** Returns the offset of a difference or of a bad block. */
    protected abstract long offset();

    /** Returns the CRC of this part and all earlier parts, or the size of the delta record. */
    protected abstract int value();

    /**
     * Returns the number of bytes that the device processed before a page fault, or -1 if the slot
     * does not know it. They are the first bytes of the part, or the last if {@link #isTailDone}.
     */
    protected long bytesCompleted() {
        return -1;
    }

    /** Returns whether the device copied the end of a part before a page fault. */
    protected boolean isTailDone() {
        return false;
    }

    /** Returns whether the slot can submit batches on its present path. */
    protected boolean takesBatches() {
        return true;
    }

    /** Returns the channel's status of a failed task in the last batch. */
    protected abstract int taskStatus(int task);

    /** Returns the names of the queues that received the last submission, or null if unknown. */
    public String queue() {
        return null;
    }

    /** Records that the submission is overdue. The engine may still poll the slot. */
    public void timedOut() {}

    /** Called when the operation ends without an answer. The slot then submits nothing more. */
    protected void setAside() {}

    /** Called when the slot falls back to the software path or returns to the device. */
    protected void pathChanged() {}

    /**
     * Executes a copy or a fill in one call. Only channels with {@link Channel#inlineBytes}
     * implement this.
     *
     * @param source the source, or null for a fill
     * @return {@link #OK} or a status of the channel. Nothing is in flight
     * @throws SegmentClosedException like {@link #send}. No byte was changed
     */
    public int execute(Part part, MemorySegment destination, MemorySegment source) {
        throw new UnsupportedOperationException("inlineBytes of the channel is 0");
    }

    // --- the engine's part

    /** Submits a part with its segments. Returns {@link #OK} or the status of the refusal. */
    final int submit(Part described, MemorySegment first, MemorySegment second,
            MemorySegment third) {
        int status = send(described, first, second, third);
        submitted = status == OK;
        return status;
    }

    final int submitBatch(MemorySegment list, int tasks, HeldArenas held) {
        int status = sendBatch(list, tasks, held);
        submitted = status == OK;
        return status;
    }

    /** Submits a no-op to test the device. Returns {@link #OK} or the status of the refusal. */
    public final int submitNop() {
        return submit(part.nop(), null, null, null);
    }

    /**
     * Checks the part in flight. If the status is not {@link #IN_FLIGHT}, the slot is ready for the
     * next submission.
     *
     * @throws IllegalStateException if nothing is in flight, because DML would crash (H1)
     */
    public final int check() {
        if (!submitted) {
            throw new IllegalStateException("the check of a slot that is not submitted");
        }
        int status = poll();
        submitted = status == IN_FLIGHT;
        return status;
    }

    /** Returns whether a submission is in flight, to the knowledge of the slot. */
    public final boolean isSubmitted() {
        return submitted;
    }

    public final Channel channel() {
        return channel;
    }

    /** Returns the description of the next part. The caller writes the description. */
    public final Part part() {
        return part;
    }

    /** Returns whether the next submission goes to the device, not to the software path. */
    public final boolean onDevice() {
        return onDevice;
    }

    /**
     * Switches the next submissions to the software path. Returns {@code false} if there is none,
     * or if the slot uses it already.
     */
    public final boolean fallBack() {
        if (!onDevice || channel.software() == ExecutionPath.NONE) {
            return false;
        }
        onDevice = false;
        pathChanged();
        return true;
    }

    final ExecutionPath path() {
        return onDevice ? ExecutionPath.DSA_HARDWARE : channel.software();
    }

    /**
     * Returns whether the slot writes back the cache lines that its software path has written. It
     * does not if a write-back engine of the machine does, or if the JVM is the software path.
     */
    final boolean writesLines(Durability durability) {
        return durability.lines() == null && channel.software() != ExecutionPath.JVM;
    }

    /** Returns the progress of a divided copy, or null for further operations. */
    public final CopyProgress progress() {
        return single.progress();
    }

    /**
     * Begins the program that executes an operation through the slot.
     *
     * @param fasterInJvm whether the JVM executes an operation or a task of a batch instead of the
     *     software path. It is {@code false} for an applied delta
     */
    public final Program begin(Operation<?> operation, Durability durability,
            Predicate<Operation<?>> fasterInJvm) {
        if (operation.tasks() == null) {
            return single.begin(operation, durability, fasterInJvm.test(operation));
        }
        batch = batch != null ? batch : new BatchProgram(this);
        return batch.begin(operation, durability, fasterInJvm);
    }

    /** Releases the segments, the programs and the owner, and returns to the device. */
    public final void reset() {
        if (!onDevice && channel.hasDevice()) {
            onDevice = true;
            pathChanged();
        }
        single.clear();
        if (batch != null) {
            batch.clear();
        }
        if (owner != null) { // A volatile write takes longer than this check.
            owner = null;
        }
    }

    /**
     * Returns the operation that uses the slot, or null. A thread that finds no free slot can
     * finish this operation.
     */
    public final Operation<?> owner() {
        return owner;
    }

    public final void owner(Operation<?> holder) {
        owner = holder;
    }

    /** Allocates native memory that is alive as long as the slot. */
    final MemorySegment allocate(long bytes) {
        return pool.allocate(bytes);
    }

    /**
     * Throws an exception if a native call could not use a segment.
     *
     * @throws SegmentClosedException if the arena of the segment is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    protected static void requireUsable(MemorySegment segment) {
        if (segment == null) {
            return;
        }
        if (!segment.scope().isAlive()) {
            throw new SegmentClosedException(new IllegalStateException("Already closed"));
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("a segment is confined to another thread");
        }
    }
}
