package io.github.vdm4j;

/**
 * The result of an operation.
 *
 * <p>C counterpart: {@code enum vdm_operation_result} with {@link #SUCCESS}, {@link #OUT_OF_MEMORY}
 * and {@link #JOB_CORRUPTED}. In the remaining cases, C's behaviour is undefined, or the process
 * ends.
 */
public enum VdmResult {
    /** The operation has succeeded. With {@link VdmFlags#MEM_DURABLE}, its bytes are durable. */
    SUCCESS,
    /** The Java heap or the memory for jobs is full. The operation has written nothing. */
    OUT_OF_MEMORY,
    /**
     * The list of waiting operations is full, and the mover was opened with {@link WhenFull#FAIL}.
     * The operation has written nothing.
     */
    MOVER_FULL,
    /** The library reports an overwritten job structure. */
    JOB_CORRUPTED,
    /**
     * The mover cannot execute the operation. The failure states the reason. The operation has
     * written nothing.
     */
    UNSUPPORTED,
    /** The work queues stayed full, or this NUMA node has no work queue. */
    QUEUE_FULL,
    /** This process cannot use any accelerator. */
    NO_DEVICE,
    /**
     * The hardware met a page fault that the mover could not repair. The destination is undefined.
     */
    PAGE_FAULT,
    /** The library refused the job's parameters. */
    INVALID_OPERATION,
    /** The device or the library failed. The destination is undefined. */
    DEVICE_ERROR,
    /**
     * The hardware did not answer in time, and may still read and write the operation's memory. The
     * failure states when the program may use this memory again. If {@code close} of a mover times
     * out, its exception has this result, too.
     */
    TIMEOUT,
    /**
     * The storage has failed, or a page of a mapped file is missing. The bytes may have been moved
     * without a write-back. If an earlier write-back of the file has failed, the operation has
     * moved nothing.
     */
    IO_ERROR,
    /** A segment is closed, or the executing thread cannot access it. */
    SEGMENT_UNUSABLE,
    /** The operation was cancelled before it began. It has written nothing. */
    CANCELLED,
    /** The mover was closed before the operation began. The operation has written nothing. */
    CLOSED,
    /**
     * The operation was stopped between two of its parts, because it was cancelled or its mover was
     * closed. {@link VdmFuture#bytesDone()} returns its progress.
     */
    STOPPED,
    /**
     * The input of the operation is damaged. For example, a delta record contains an offset outside
     * of the destination. The operation has written nothing.
     */
    INVALID_DATA,
    /** A task of a batch has not run, because a task before its fence has failed. */
    NOT_RUN,
    /** vdm4j does not know the status. The failure contains its number. */
    UNKNOWN_STATUS,
    /**
     * vdm4j or a user's function for the bytes has failed. The cause contains the exception. Please
     * report a failure of vdm4j.
     */
    INTERNAL_ERROR
}
