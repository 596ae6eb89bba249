package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.WriteBackKind;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A place for one submission at a time, with the progress of the operation that uses it. A subclass
 * translates a {@link Part} for its device. It implements the protected methods and reads the
 * completion record.
 *
 * <p>One thread at a time uses a slot, after it has taken the slot from the {@link SlotPool}.
 * Passing it to another thread needs a happens-before edge, which the future that holds the slot
 * provides.
 */
public abstract class Slot {
    /** A submission was accepted, or what was submitted has succeeded. */
    public static final int OK = 0;

    /** What was submitted is not complete: DML's number. No channel uses it for anything else. */
    public static final int IN_FLIGHT = 2;

    /**
     * A protected block is not what it should be, see {@link #result} and {@link #offset}: DML's
     * number. No channel uses it for anything else.
     */
    public static final int DIF_ERROR = 12;

    /** Whether a slot is free or lent, see {@link SlotPool}. */
    static final VarHandle TAKEN;
    private static final VarHandle USES;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Slot.class, "taken", int.class);
            USES = MethodHandles.lookup().findVarHandle(Slot.class, "uses", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Channel channel;
    private final Transfer transfer;
    private final Part part = new Part();

    // Made at their first use, because most slots only copy and fill.
    private DataProgram data;
    private BatchProgram batch;

    private boolean onDevice;
    private boolean submitted;

    /** See {@link #TAKEN}. */
    volatile int taken;

    /** How many operations have ended with the slot. Written by the thread that has the slot. */
    private long uses;

    private volatile Object owner;

    /** Set when the pool gets the slot. */
    SlotPool pool;

    /**
     * Makes a slot that sends to the device if there is one.
     *
     * @param channel the channel, whose other methods can be called already
     */
    protected Slot(Channel channel) {
        this.channel = channel;
        onDevice = channel.hasDevice();
        transfer = new Transfer(this);
    }

    // --- the channel's part

    /**
     * Submits a part. The implementation must not touch memory of the segments if an arena is
     * closed. If the call itself reads or writes that memory, like DML's software path, it has to
     * hold the arenas open until it returns. A device that goes on after the call only needs the
     * check, see {@link #requireUsable}.
     *
     * @param part what to do; valid during the call only
     * @param first what the part writes or else reads, or null
     * @param second another segment, or null
     * @param third another segment, or null
     * @return {@link #OK} if the part was accepted; otherwise a status of the channel, and nothing
     *     is in flight
     * @throws SegmentClosedException if an arena is closed; nothing was
     *     submitted
     * @throws WrongThreadException if a segment is confined to another thread; nothing was
     *     submitted
     */
    protected abstract int send(Part part, MemorySegment first, MemorySegment second,
            MemorySegment third);

    /**
     * Submits a batch. Its descriptors are those of {@link BatchBuffer}, and each has the address
     * of its own completion record.
     *
     * @param list memory that begins with the descriptors, at a multiple of 64; the records follow
     * @param tasks the number of descriptors
     * @param held segments, one of each arena that the tasks use: at most {@link HeldArenas#MOST}.
     *     If there are more arenas on a device, the engine has checked the tasks' segments
     * @return as {@link #send}
     * @throws SegmentClosedException as {@link #send}
     * @throws WrongThreadException as {@link #send}
     */
    protected abstract int sendBatch(MemorySegment list, int tasks, HeldArenas held);

    /**
     * Checks the last submission. This is called only while it is in flight.
     *
     * @return {@link #IN_FLIGHT}, {@link #OK}, {@link #DIF_ERROR} or a status of the channel. In a
     *     batch, a task that is no plain success makes the batch a failure
     */
    protected abstract int poll();

    /**
     * Returns the result field of the completion record: 0 if two ranges are equal, 1 if they
     * differ, 2 for a delta that has no room; for a bad block, what is wrong with it.
     */
    public abstract int result();

    /** Returns where a comparison has found a difference, or which block is bad. */
    public abstract long offset();

    /** Returns the CRC of the part and those before it. */
    public abstract int crc();

    /** Returns the size of the delta record that the part has made. */
    public abstract long recordBytes();

    /** Returns whether the record of a part that met a page fault says how far the part got. */
    public boolean tellsProgress() {
        return false;
    }

    /**
     * Returns how much of a part that met a page fault is done.
     *
     * @return bytes at its beginning, or at its end with {@link #isTailDone}
     */
    public long bytesCompleted() {
        return 0;
    }

    /** Returns whether the end of a copy that met a page fault is done, not its beginning. */
    public boolean isTailDone() {
        return false;
    }

    /** Returns whether batches can be submitted to where the slot sends. */
    public boolean takesBatches() {
        return true;
    }

    /**
     * Returns the status of a task of the last batch, for a task that has failed.
     *
     * @return a status of the channel
     */
    public abstract int taskStatus(int task);

    /**
     * Returns which work queues got the last submission.
     *
     * @return their names, or null if the channel does not know them
     */
    public String queue() {
        return null;
    }

    /** Called when what was submitted is overdue. The slot may still be polled. */
    public void timedOut() {}

    /**
     * Notes a change of the path. The slot calls this when it falls back to the software path or
     * returns to the device.
     */
    protected void pathChanged() {}

    /**
     * Executes a copy or a fill in one call, for channels with {@link Channel#inlineBytes}.
     *
     * @param part a copy or a fill
     * @param destination the segment that is written
     * @param source the segment that is read; null for a fill
     * @return {@link #OK} or a status of the channel; nothing is in flight
     * @throws SegmentClosedException if an arena is closed; nothing was
     *     done
     * @throws WrongThreadException if a segment is confined to another thread; nothing was done
     */
    public int execute(Part part, MemorySegment destination, MemorySegment source) {
        throw new UnsupportedOperationException("inlineBytes of the channel is 0");
    }

    // --- the engine's part

    /**
     * Submits a part.
     *
     * @param described what to do
     * @param first a segment of the part, or null
     * @param second another, or null
     * @param third another, or null
     * @return {@link #OK} or why the part was refused
     */
    final int submit(Part described, MemorySegment first, MemorySegment second,
            MemorySegment third) {
        int status = send(described, first, second, third);
        submitted = status == OK;
        return status;
    }

    /** Submits a batch. */
    final int submitBatch(MemorySegment list, int tasks, HeldArenas held) {
        int status = sendBatch(list, tasks, held);
        submitted = status == OK;
        return status;
    }

    /**
     * Submits an empty operation, which shows whether submissions arrive.
     *
     * @return {@link #OK} or why it was refused
     */
    public final int submitNop() {
        return submit(part.begin(Opcode.NOP, 0), null, null, null);
    }

    /**
     * Checks the part in flight. If the status is not {@link #IN_FLIGHT}, the slot is ready for the
     * next submission.
     *
     * @return a status
     * @throws IllegalStateException if nothing is submitted; DML would crash (H1)
     */
    public final int check() {
        if (!submitted) {
            throw new IllegalStateException("the check of a slot that is not submitted");
        }
        int status = poll();
        submitted = status == IN_FLIGHT;
        return status;
    }

    /** Returns whether a submission was accepted and not seen to end. */
    public final boolean isSubmitted() {
        return submitted;
    }

    /** Returns the channel. */
    public final Channel channel() {
        return channel;
    }

    /** Returns the description of the next part, to be filled in. */
    public final Part part() {
        return part;
    }

    /**
     * Returns where the next submission goes.
     *
     * @return true for the device, false for the software path
     */
    public final boolean onDevice() {
        return onDevice;
    }

    /**
     * Sends the next submissions to the software path.
     *
     * @return false if there is none, or the slot sends there already
     */
    public final boolean fallBack() {
        if (!onDevice || channel.software() == ExecutionPath.NONE) {
            return false;
        }
        onDevice = false;
        pathChanged();
        return true;
    }

    /** Returns what executes the next submission. */
    final ExecutionPath path() {
        return onDevice ? ExecutionPath.DSA_HARDWARE : channel.software();
    }

    /**
     * Returns whether the slot writes the cache lines back that its software path has written.
     *
     * @return false if an engine of the machine does, or the JVM is the software path
     */
    final boolean writesLines(Durability durability) {
        return durability.lines() == null && channel.software() != ExecutionPath.JVM;
    }

    /** Returns the program of copies, fills and flushes. */
    final Transfer transfer() {
        return transfer;
    }

    /**
     * Begins the program that takes an operation through the slot.
     *
     * @param javaIsSooner whether Java is to execute it, and not the software path; never for a
     *     delta that is applied
     */
    public final Program begin(Operation<?> operation, Durability durability,
            boolean javaIsSooner) {
        boolean durable = operation.isDurable();
        WriteBackKind kind = durable ? durability.kindOf(operation.destination()) : null;
        boolean lines = durable && writesLines(durability);
        switch (operation.type()) {
            case MEMCPY, MEMMOVE, MEMSET, FLUSH -> {
                return transfer.begin(operation, kind, lines);
            }
            case BATCH -> {
                batch = batch != null ? batch : new BatchProgram(this);
                return batch.begin(operation.tasks(), durability);
            }
            default -> {
                data = data != null ? data : new DataProgram(this);
                MemorySegment second = operation.secondDestination();
                return data.begin(operation, kind,
                        durable && second != null ? durability.kindOf(second) : null, lines,
                        javaIsSooner);
            }
        }
    }

    /** Releases segments, programs and owner, and sends to the device again. */
    public final void reset() {
        if (!onDevice && channel.hasDevice()) {
            onDevice = true;
            pathChanged();
        }
        transfer.clear();
        if (data != null) {
            data.clear();
        }
        if (batch != null) {
            batch.clear();
        }
        if (owner != null) { // a volatile write costs more than the look
            owner = null;
        }
    }

    /**
     * Returns the holder of the slot. A thread that finds no free slot can finish it.
     *
     * @return the owner, or null if the slot is free or not yet in use
     */
    public final Object owner() {
        return owner;
    }

    /** Sets the holder of the slot, before the thread that took it continues. */
    public final void owner(Object holder) {
        owner = holder;
    }

    /** Counts an operation that has ended with the slot. */
    final void countUse() {
        USES.setOpaque(this, uses + 1);
    }

    /** Returns how many operations have ended with the slot. */
    final long uses() {
        return (long) USES.getOpaque(this);
    }

    /** Allocates native memory that lives as long as the slot. */
    final MemorySegment allocate(long bytes) {
        return pool.allocate(bytes);
    }

    /**
     * Throws the exception of a native call with an unusable segment.
     *
     * @param segment a segment, or null
     * @throws SegmentClosedException if its arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    protected static void requireUsable(MemorySegment segment) {
        if (segment == null) {
            return;
        }
        if (!segment.scope().isAlive()) {
            throw new SegmentClosedException(
                    new IllegalStateException("Already closed"));
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("a segment is confined to another thread");
        }
    }
}
