package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.PageGuard;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An operation on its way through a slot: the parts that one submission after the other executes,
 * and how far it has got. Every slot has one of each kind, used by whoever holds the slot.
 */
public abstract class Program {
    private static final int OK = Slot.OK;
    private static final long FIRST_PAUSE_NANOS = 500;
    private static final long LONGEST_PAUSE_NANOS = 64_000;

    private final Slot slot;
    private boolean bySoftware;
    private boolean onWorker;
    /** The only thread that may access the memory of the operation; null for any thread. */
    private Thread owner;
    private int faults;
    private long retryUntil;
    private boolean retrying;
    private long retryAt;
    private long pause;

    /** How often the current part was seen in flight, and when it is late. */
    private int seenInFlight;

    private boolean timed;
    private long lateAt;

    Program(Slot slot) {
        this.slot = slot;
    }

    /** To be called when the program takes on an operation. */
    final void reset() {
        bySoftware = false;
        onWorker = false;
        owner = null;
        faults = 0;
        retrying = false;
    }

    /**
     * The slot that executes this.
     *
     * @return the slot
     */
    public final Slot slot() {
        return slot;
    }

    /**
     * Tells whether every part is done.
     *
     * @return true if {@link #submit} has nothing left to do
     */
    public abstract boolean isDone();

    /**
     * Submits the part whose turn it is, or executes it itself: the slot is not submitted then.
     *
     * @return a status of the channel; {@link Slot#OK} for what was executed
     * @throws InvalidDataException if what the operation reads is not what it has to be; nothing
     * was submitted
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is not
     * there; nothing was submitted
     * @throws SegmentClosedException if an arena is closed; nothing was submitted
     * @throws WrongThreadException if one is confined to another thread; nothing was submitted
     */
    public abstract int submit();

    /**
     * Takes note of how the part submitted last ended. If it ended well the next one is due.
     *
     * @param status what the check of the slot said
     * @return false if that is a failure
     */
    public final boolean ended(int status) {
        if (!isGood(status)) {
            return false;
        }
        faults = 0;
        next(status);
        return true;
    }

    /** Tells whether a part that ended so has done what it had to. */
    boolean isGood(int status) {
        return status == OK;
    }

    /** Goes to the next part; what the slot holds of the last one is there to be read. */
    abstract void next(int status);

    /**
     * Returns whether the current part can be submitted again after it failed half-way.
     *
     * @return false if the part has destroyed what it reads
     */
    public abstract boolean isRepeatable();

    /**
     * Notes how far the current part got before it met a page fault, if the slot tells.
     *
     * @return false if the slot does not tell: the part can only be repeated
     */
    public boolean takeProgress() {
        return false;
    }

    /**
     * Gives up what has failed, if the rest can do without it.
     *
     * @param status how it has failed
     * @return false if that is the end of all
     */
    public boolean canSkipFailedPart(int status) {
        return false;
    }

    /**
     * Counts a page fault in the current part and touches its pages, so that they are there for the
     * next submission.
     *
     * @return how many faults this part has met
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is not
     * there
     * @throws SegmentClosedException if an arena is closed
     * @throws WrongThreadException if one is confined to another thread
     */
    public final int repairPageFault() {
        prefaultPart();
        return ++faults;
    }

    abstract void prefaultPart();

    static void prefault(MemorySegment segment, long offset, long length, boolean write) {
        try {
            PageGuard.bringIn(segment, offset, length, write);
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
    }

    /**
     * Asks the kernel for the pages of a segment, if some may be missing.
     *
     * @return false if the kernel does not tell: native code must not touch the segment
     */
    static boolean guard(MemorySegment segment, long offset, long length, boolean write) {
        if (!MemoryRegions.mayLackPages(segment)) {
            return true;
        }
        try {
            return PageGuard.ask(segment, offset, length, write);
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
    }

    /**
     * Tells whether there is still time to submit again what a full queue refused. The first call
     * after a part was accepted sets the limit. Each makes the next attempt wait twice as long as
     * the one before.
     *
     * @param nanos how long to go on trying
     * @return false once that time has passed
     */
    public final boolean mayRetry(long nanos) {
        long now = System.nanoTime();
        if (!retrying) {
            retrying = true;
            retryUntil = now + nanos;
            pause = FIRST_PAUSE_NANOS;
        }
        retryAt = now + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        return now - retryUntil < 0;
    }

    /**
     * Tells whether it is too early to submit again what a full queue refused: an attempt costs the
     * device, and all that share its queue, more than a poll.
     *
     * @return false if the part may be submitted
     */
    public final boolean isPausing() {
        return retrying && System.nanoTime() - retryAt < 0;
    }

    /** The queue has accepted a part. */
    public final void accepted() {
        retrying = false;
        timed = false;
        seenInFlight = 0;
    }

    /**
     * Takes note that the current part is in flight, and tells whether it is for too long. Looks at
     * the clock when the number of calls is a power of two or a multiple of 64, so that a part that
     * ends soon, and a caller who polls without a pause, hardly pay for it.
     *
     * @param nanos how long it may be, from the first look on
     * @return true if it is longer
     */
    public final boolean isOverdue(long nanos) {
        int seen = ++seenInFlight;
        if (seen == 1 || (seen & seen - 1) != 0 && seen % 64 != 0) {
            return false;
        }
        long now = System.nanoTime();
        if (!timed) {
            timed = true;
            lateAt = now + nanos;
        }
        return now - lateAt >= 0;
    }

    /**
     * Keeps the buffers that the segments are views of from being freed, until the slot is given
     * back.
     *
     * @return false if one is being closed; nothing is kept then
     */
    public abstract boolean pin();

    /** Lets go of the segments. */
    abstract void clear();

    /**
     * How far the data have got.
     *
     * @return bytes in parts that are done
     */
    public abstract long bytesMoved();

    /**
     * What is left to be done once every part is: nothing, pages to be forced, or cache lines that
     * the software path wrote and DML did not write back.
     *
     * @return the kind, or null for nothing
     */
    public abstract WriteBackKind remainingWriteBack();

    /**
     * Writes back the cache lines that {@link #remainingWriteBack} tells of.
     *
     * @param durability the engines
     * @throws IOException if the storage reports an error
     */
    public void writeBackLines(Durability durability) throws IOException {}

    /**
     * Adds the forces of the pages that {@link #remainingWriteBack} tells of.
     *
     * @param earlier the forces of earlier tasks, or null
     * @param operation the operation
     * @param durability the engines
     * @return the forces, or null if there are none
     */
    public Forces forces(Forces earlier, Operation<?> operation, Durability durability) {
        return earlier;
    }

    /** Returns the forces with that of a range, if its pages have to be forced. */
    static Forces addPages(Forces earlier, Operation<?> operation, MemorySegment range,
            WriteBackKind kind, Durability durability) {
        if (kind == null || !kind.isForced()) {
            return earlier;
        }
        Forces forces = earlier == null ? new Forces(durability) : earlier;
        forces.add(operation, range);
        return forces;
    }

    /**
     * What the operation found.
     *
     * @return see {@link Operation#succeed(ExecutionPath, long, int)}
     */
    public long value() {
        return 0;
    }

    /**
     * How it turned out.
     *
     * @return see {@link Operation#succeed(ExecutionPath, long, int)}
     */
    public int outcome() {
        return 0;
    }

    /**
     * Says that a worker executes the operation from now on.
     */
    public final void passToWorker() {
        onWorker = true;
    }

    /** The threads that poll execute the operation from now on. */
    public final void returnToPollers() {
        onWorker = false;
    }

    /**
     * Remembers the current thread, because the memory of the operation is confined to it.
     */
    public final void confine() {
        owner = Thread.currentThread();
    }

    /**
     * Returns why no thread can continue the operation.
     *
     * @return the reason, or null if the thread that {@link #confine} remembers is alive
     */
    public final String ownerEnded() {
        return owner == null || owner.isAlive() ? null
                : "its memory is confined to the thread %s, which has ended. Poll the operation to its end on that thread, or use a shared arena"
                        .formatted(owner.getName());
    }

    /**
     * Returns whether a worker executes the operation.
     *
     * @return true after {@link #passToWorker}
     */
    public final boolean isOnWorker() {
        return onWorker;
    }

    /**
     * Tells whether the software path had part in it.
     *
     * @return true if at least one part was submitted to it
     */
    public final boolean bySoftware() {
        return bySoftware || !slot.onDevice();
    }

    /**
     * What has executed it so far, or is about to.
     *
     * @return the path
     */
    public ExecutionPath executedBy() {
        return bySoftware() ? slot.channel().software() : ExecutionPath.DSA_HARDWARE;
    }

    /** A part goes to where the slot's submissions go. */
    final void countPath() {
        bySoftware |= !slot.onDevice();
    }

    /** Whether a part that is done went to the software path. */
    final boolean wentBySoftware() {
        return bySoftware;
    }
}
