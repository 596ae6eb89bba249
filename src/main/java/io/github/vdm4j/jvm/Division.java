package io.github.vdm4j.jvm;

import io.github.vdm4j.Operation;
import io.github.vdm4j.memory.Pins;

/**
 * The parts of a long operation or of a long batch. Several threads execute them at the same time.
 *
 * <p>Each claimed part is a reference. The right to claim is a reference, too. It passes from
 * thread to thread and ends when no part is left. The thread that releases the last reference ends
 * the operation.
 */
public abstract class Division {
    final Operation<?> operation;
    private final Pins pins = new Pins();

    // Guarded by this.
    int claimed;
    /** The number of the first part that is not executed. */
    int end;
    /** Whether {@link #stop} has cancelled a part. */
    boolean stopped;
    private int references = 1;

    Division(Operation<?> operation) {
        this.operation = operation;
    }

    /**
     * Keeps the buffers of the operation open until {@link #unpin}.
     *
     * @return null, or the reason why a buffer cannot be kept open. No buffer is pinned then
     */
    public final String pin() {
        return pins.pin(operation);
    }

    public final void unpin() {
        pins.unpin();
    }

    /** Returns whether a part must wait for the end of the previous part. */
    public boolean isOrdered() {
        return false;
    }

    public final synchronized boolean hasBegun() {
        return claimed > 0;
    }

    /**
     * Claims the next part. The caller has the right to claim. If no part is left, the method
     * returns -1, and the caller calls {@link #release}.
     */
    public synchronized int claim() {
        if (claimed >= end) {
            return -1;
        }
        references++;
        return claimed++;
    }

    public final synchronized boolean hasPartLeft() {
        return claimed < end;
    }

    /** Executes a claimed part and records its result. */
    public abstract void execute(int part);

    /**
     * Releases a reference, an executed part or the right to claim. If it was the last reference,
     * the method returns {@code true}, and the caller must end the operation.
     */
    public final synchronized boolean release() {
        return --references == 0;
    }

    /** Cancels the parts that no thread has claimed. They end with STOPPED. */
    public final synchronized void stop() {
        if (claimed < end) {
            stopped = true;
            end = claimed;
        }
    }

    /** Returns the number of first bytes that are done without a gap. */
    public abstract long bytesDone();

    /** Writes the completion record of the operation after its last part. */
    abstract void record();
}
