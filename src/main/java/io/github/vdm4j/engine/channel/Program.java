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
 * The program of an operation: its parts, which the slot submits one after another, and the
 * progress. Every slot has a program of each kind.
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

    /** Resets the state. Subclasses call this when they begin an operation. */
    final void reset() {
        bySoftware = false;
        onWorker = false;
        owner = null;
        faults = 0;
        retrying = false;
    }

    /** Returns the slot that executes the program. */
    public final Slot slot() {
        return slot;
    }

    /** Returns whether every part is done. */
    public abstract boolean isDone();

    /**
     * Submits the current part, or executes it without a submission.
     *
     * @return a status of the channel; {@link Slot#OK} for what was executed
     * @throws InvalidDataException if the input of the operation is damaged; nothing was submitted
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is not
     * there; nothing was submitted
     * @throws SegmentClosedException if an arena is closed; nothing was submitted
     * @throws WrongThreadException if a segment is confined to another thread; nothing was submitted
     */
    public abstract int submit();

    /**
     * Copies a piece of the operation on the calling thread while the device copies another part.
     *
     * @return true if the caller should check the device and continue here
     */
    public boolean copyMeanwhile() {
        return false;
    }

    /**
     * Records the end of the submitted part. If it succeeded, the next part becomes current.
     *
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

    /** Returns whether a part with this status has succeeded. */
    boolean isGood(int status) {
        return status == OK;
    }

    /** Advances to the next part. The slot still has the results of the last part. */
    abstract void next(int status);

    /**
     * Returns whether the current part can be submitted again after it failed half-way.
     *
     * @return false if the part has destroyed what it reads
     */
    public abstract boolean isRepeatable();

    /**
     * Records how far the current part got before a page fault, if the slot reports it.
     *
     * @return {@code false} if the slot does not report it, so the part has to be repeated
     */
    public boolean takeProgress() {
        return false;
    }

    /**
     * Skips the failed part, if the operation can continue without it.
     *
     * @return {@code false} if the operation has to end
     */
    public boolean canSkipFailedPart(int status) {
        return false;
    }

    /**
     * Counts a page fault in the current part and touches its pages for the next submission.
     *
     * @return how many faults this part has met
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is not
     * there
     * @throws SegmentClosedException if an arena is closed
     * @throws WrongThreadException if a segment is confined to another thread
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
     * @return {@code false} if the kernel does not answer; native code must not touch the segment
     *     then
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
     * Makes the pages of a destination writable before a device gets it, if they are pages of a
     * file. The device would stop at each page that is missing or write-protected, and each force
     * write-protects the pages of its range.
     */
    static void populate(MemorySegment destination, long offset, long length) {
        if (MemoryRegions.mayLackPages(destination)) {
            PageGuard.populate(destination, offset, length);
        }
    }

    /**
     * Returns whether there is time to retry a part that a full queue refused. The first call after
     * an accepted part sets the limit. Each call doubles the pause before the next attempt.
     *
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
     * Returns whether it is too early to retry a part that a full queue refused. An attempt costs
     * the device and the users of its queue more than a poll.
     *
     * @return false if the part may be submitted
     */
    public final boolean isPausing() {
        return retrying && System.nanoTime() - retryAt < 0;
    }

    /** Records that the queue has accepted a part. */
    public final void accepted() {
        retrying = false;
        timed = false;
        seenInFlight = 0;
    }

    /**
     * Records that the current part is in flight, and returns whether it is overdue. It reads the
     * clock only if the number of calls is a power of two or a multiple of 64, because reading the
     * clock is expensive.
     *
     * @return {@code true} if the limit has passed
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
     * Pins the buffers of the segments until the slot is returned.
     *
     * @return {@code false} if a buffer is being closed; nothing is pinned then
     */
    public abstract boolean pin();

    /** Releases the segments. */
    abstract void clear();

    /** Returns the progress of the data. */
    public abstract long bytesMoved();

    /**
     * Writes back the cache lines that the software path wrote and DML did not write back.
     *
     * @throws IOException if the storage reports an error
     */
    public void writeBackLines(Durability durability) throws IOException {}

    /**
     * Adds the forces of the pages that the operation has written.
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
     * Returns the result of the operation.
     *
     * @return see {@link Operation#succeed(ExecutionPath, long, int)}
     */
    public long value() {
        return 0;
    }

    /**
     * Returns the outcome of the operation.
     *
     * @return see {@link Operation#succeed(ExecutionPath, long, int)}
     */
    public int outcome() {
        return 0;
    }

    /**
     * Marks the operation as executed by a worker.
     */
    public final void passToWorker() {
        onWorker = true;
    }

    /** Marks the operation as executed by the polling threads. */
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

    /** Returns whether a worker executes the operation. */
    public final boolean isOnWorker() {
        return onWorker;
    }

    /** Returns whether the software path executed a part. */
    public final boolean bySoftware() {
        return bySoftware || !slot.onDevice();
    }

    /** Returns what has executed the operation so far, or will execute it. */
    public ExecutionPath executedBy() {
        return bySoftware() ? slot.channel().software() : ExecutionPath.DSA_HARDWARE;
    }

    /** Counts a part for the path of the slot's submissions. */
    final void countPath() {
        bySoftware |= !slot.onDevice();
    }

    /** Returns whether a done part went to the software path. */
    final boolean wentBySoftware() {
        return bySoftware;
    }
}
