package io.github.vdm4j;

/**
 * The result of an operation.
 *
 * <p>C counterpart: {@code enum vdm_operation_result}, which has {@link #SUCCESS}, {@link
 * #OUT_OF_MEMORY} and {@link #JOB_CORRUPTED}. In the remaining cases C's behaviour is undefined, or
 * the process ends.
 */
public enum VdmResult {
    /** The operation is done, durably if that was asked for. */
    SUCCESS,
    /** There was not enough memory, on the Java heap or for a job. Nothing was written. */
    OUT_OF_MEMORY,
    /**
     * As many operations wait as the mover was opened for, and it was opened to fail instead of
     * waiting ({@link WhenFull#FAIL}). Nothing was written.
     */
    MOVER_FULL,
    /** The library reports that its job structure was overwritten. */
    JOB_CORRUPTED,
    /** The mover cannot do this here, and the failure states why. Nothing was written. */
    UNSUPPORTED,
    /** The work queues stayed full, or there is none on this NUMA node. */
    QUEUE_FULL,
    /** There is no accelerator that this process can use. */
    NO_DEVICE,
    /** The hardware met a page fault that could not be repaired. The destination is undefined. */
    PAGE_FAULT,
    /** The library refused the job's parameters. */
    INVALID_OPERATION,
    /** The device or the library failed. The destination is undefined. */
    DEVICE_ERROR,
    /**
     * The hardware did not answer in time, and may still read and write the operation's memory. The
     * failure states how long to leave that memory alone. A mover whose {@code close} timed out
     * throws this result, too.
     */
    TIMEOUT,
    /**
     * The storage failed. The bytes were moved and not written back, or an earlier write-back of
     * the file failed and nothing was moved, or a page of a mapped file is not there.
     */
    IO_ERROR,
    /** A segment was closed, or cannot be used by this mover's threads, when its turn came. */
    SEGMENT_UNUSABLE,
    /** The operation was cancelled before it began. Nothing was written. */
    CANCELLED,
    /** The mover was closed before the operation began. Nothing was written. */
    CLOSED,
    /**
     * The operation was stopped between two of its parts: it was cancelled, or its mover was closed
     * and did not wait any longer. {@link VdmFuture#bytesDone()} returns how far it came.
     */
    STOPPED,
    /**
     * The input of the operation is damaged: a delta record has an offset outside of the
     * destination. Nothing was written.
     */
    INVALID_DATA,
    /** A task of a batch was not run, because a task before its fence failed. */
    NOT_RUN,
    /** vdm4j does not know the status. The failure has its number. */
    UNKNOWN_STATUS,
    /**
     * vdm4j failed, or a function of the user that moves the bytes. The cause shows which. Please
     * report a failure of vdm4j.
     */
    INTERNAL_ERROR
}
