package io.github.vdm4j.jvm;

/**
 * The parts of a long operation or of a long batch. Several threads execute them at the same time.
 *
 * <p>Each claimed part is a reference. The right to claim is a reference, too. It passes from
 * thread to thread and ends when no part is left. The thread that releases the last reference ends
 * the operation.
 */
public interface Division {
    /**
     * Keeps the buffers of the operation open until {@link #unpin}.
     *
     * @return null, or the reason why a buffer cannot be kept open. No buffer is pinned then
     */
    String pin();

    /** Releases the buffers. */
    void unpin();

    /** Returns whether a part must wait for the end of the previous part. */
    boolean isOrdered();

    /** Returns whether a part was claimed. */
    boolean hasBegun();

    /**
     * Claims the next part. The caller has the right to claim. If no part is left, the method
     * returns -1, and the caller calls {@link #release}.
     */
    int claim();

    /** Returns whether a part is left to claim. */
    boolean hasPartLeft();

    /** Executes a claimed part and records its result. */
    void execute(int part);

    /**
     * Releases a reference, an executed part or the right to claim. If it was the last reference,
     * the method returns {@code true}, and the caller must end the operation.
     */
    boolean release();

    /** Cancels the parts that no thread has claimed. They end with STOPPED. */
    void stop();

    /** Cancels the parts that no thread has claimed. They fail. */
    void fail(Throwable thrown);

    /** Returns the number of first bytes that are done without a gap, or 0 if it is unknown. */
    long bytesDone();
}
