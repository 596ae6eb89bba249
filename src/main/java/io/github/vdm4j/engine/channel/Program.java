package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.Pins;
import java.io.IOException;

/**
 * The program of an operation. It divides the operation into parts, submits them in order and
 * records the progress. Every slot has a program of each kind.
 */
public abstract class Program {
    private static final int OK = Slot.OK;
    private static final long FIRST_PAUSE_NANOS = 500;
    private static final long LONGEST_PAUSE_NANOS = 64_000;

    private final Slot slot;
    private final Pins pins = new Pins();
    private boolean bySoftware;
    private boolean onWorker;
    /** The only thread that may access the memory of the operation, or null for all threads. */
    private Thread owner;
    private int faults;
    private long retryUntil;
    private boolean retrying;
    private long retryAt;
    private long pause;

    /** The number of polls of the current part, and the time of its deadline. */
    private int polls;

    private boolean timed;
    private long lateAt;

    Program(Slot slot) {
        this.slot = slot;
    }

    /** Resets the state. Subclasses call this at the beginning of an operation. */
    final void reset() {
        bySoftware = false;
        onWorker = false;
        owner = null;
        faults = 0;
        retrying = false;
    }

    public final Slot slot() {
        return slot;
    }

    public abstract boolean isDone();

    /** Returns the forces that must end before the program continues or ends, or null. */
    public Forces pendingForces() {
        return null;
    }

    /**
     * Submits the current part, or executes it without a submission.
     *
     * @return a status of the channel, or {@link Slot#OK} for an executed part
     * @throws InvalidDataException if the input of the operation is damaged. The slot has submitted
     *     nothing
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is
     *     missing. The slot has submitted nothing
     * @throws SegmentClosedException if an arena is closed. The slot has submitted nothing
     * @throws WrongThreadException if a segment is confined to another thread. The slot has
     *     submitted nothing
     */
    public abstract int submit();

    /**
     * Copies bytes of the operation on the calling thread while the device copies a part. If the
     * method returns {@code true}, the caller checks the device and then calls this again.
     */
    public boolean copyMeanwhile() {
        return false;
    }

    /**
     * Records the end of the submitted part. If it succeeded, the next part becomes current.
     * Otherwise the method returns {@code false}.
     */
    public final boolean ended(int status) {
        if (!isGood(status)) {
            return false;
        }
        faults = 0;
        next(status);
        return true;
    }

    boolean isGood(int status) {
        return status == OK;
    }

    /** Advances to the next part. The slot still contains the results of the last part. */
    abstract void next(int status);

    /** Returns {@code false} if the current part may have overwritten its source. */
    public abstract boolean isRepeatable();

    /**
     * Records the progress of the current part before a page fault. Returns {@code false} if the
     * slot reports no progress. The whole part has to be repeated in this case.
     */
    public boolean takeProgress() {
        return false;
    }

    /** Skips the failed part. Returns false if the operation cannot continue without it. */
    public boolean canSkipFailedPart(int status) {
        return false;
    }

    /**
     * Touches the pages of the current part for the next submission. Returns the number of its
     * page faults.
     *
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is
     *     missing
     * @throws SegmentClosedException if an arena is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public final int repairPageFault() {
        prefaultPart();
        return ++faults;
    }

    abstract void prefaultPart();

    /**
     * Returns whether the engine may retry a part that a full queue refused. The first call after
     * an accepted part sets the deadline. Each call doubles the pause before the next attempt.
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
     * Returns whether it is too early to retry a part that a full queue refused. Retries are rarer
     * than polls, because a retry loads the device and its queue.
     */
    public final boolean isPausing() {
        return retrying && System.nanoTime() - retryAt < 0;
    }

    public final void accepted() {
        retrying = false;
        timed = false;
        polls = 0;
    }

    /**
     * Counts a poll of the part in flight, and returns whether the part is overdue. Reading the
     * clock is expensive. The method reads it only if the number of calls is a power of two or a
     * multiple of 64.
     */
    public final boolean isOverdue(long nanos) {
        int seen = ++polls;
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

    /** Pins the buffers until the slot is released. Returns false if a buffer is being closed. */
    public abstract boolean pin();

    /** Pins the buffers of an operation. Returns {@code false} if one of them is being closed. */
    final boolean pin(Operation<?> operation) {
        return pins.add(operation);
    }

    void clear() {
        pins.unpin();
    }

    public abstract long bytesMoved();

    /** Returns the result of an operation that an exception of {@link #submit} has ended. */
    public static VdmResult resultOf(RuntimeException e) {
        return e instanceof SegmentClosedException ? VdmResult.SEGMENT_UNUSABLE
                : e instanceof InvalidDataException ? VdmResult.INVALID_DATA
                        : VdmResult.IO_ERROR;
    }

    /** Returns the public cause of an exception of {@link #submit}, or null if it has none. */
    public static Throwable causeOf(RuntimeException e) {
        return e instanceof PageUnavailableException ? e : e.getCause();
    }

    /**
     * Writes the completion record of an operation after all parts are done.
     *
     * @param earlier the forces of earlier tasks, or null
     * @return the forces with the pages that the operation has written, or null if there are none
     */
    public final Forces finish(Operation<?> operation, Forces earlier) {
        try {
            return finish(earlier);
        } catch (IOException | PageUnavailableException | IllegalStateException e) {
            operation.failWriteBack(executedBy(), e);
            return earlier;
        }
    }

    /**
     * Writes back the cache lines that no slot writes back, and then the completion record.
     *
     * @throws IOException if the storage reports an error
     */
    abstract Forces finish(Forces earlier) throws IOException;

    /** Records whether a worker executes the operation, instead of the polling threads. */
    public final void onWorker(boolean worker) {
        onWorker = worker;
    }

    /** Stores the current thread, because the memory of the operation is confined to it. */
    public final void confine() {
        owner = Thread.currentThread();
    }

    /** Returns why no thread can continue the operation, or null if a thread can. */
    public final String ownerEnded() {
        return owner == null || owner.isAlive() ? null
                : ("its memory is confined to the thread %s, which has ended. Poll the "
                        + "operation to its end on that thread, or use a shared arena")
                        .formatted(owner.getName());
    }

    public final boolean isOnWorker() {
        return onWorker;
    }

    /** Returns the path of the executed parts, or of the next part if no part was executed. */
    public ExecutionPath executedBy() {
        return bySoftware ? slot.channel().software() : slot.path();
    }

    final void countPath() {
        bySoftware |= !slot.onDevice();
    }

    final boolean usedSoftware() {
        return bySoftware;
    }
}
