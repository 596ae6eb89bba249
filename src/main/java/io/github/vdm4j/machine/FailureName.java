package io.github.vdm4j.machine;

/**
 * The name of a failure in docs/troubleshooting.md. A message ends with the name in brackets, for
 * example {@code [VDM-CLOSED]}. The constants of {@code VdmResult} have such names, too.
 */
public enum FailureName {
    /** The buffer was closed before its use. */
    BUFFER_CLOSED,
    /** The program cancelled the operation before it began. */
    CANCELLED,
    /** The chain is part of a longer chain, or was polled before it was extended. */
    CHAIN_EXTENDED,
    /** The mover was closed before the operation began. */
    CLOSED,
    /** Two threads used an object that is for one thread at a time. */
    CONCURRENT_USE,
    /** Intel DML was not found or cannot run here. */
    DML_UNAVAILABLE,
    /** No DSA work queue can be used. */
    DSA_UNAVAILABLE,
    /** No completion can end the wait. */
    ENDLESS_WAIT,
    /** The hardware did not execute the trial operation. */
    HARDWARE_UNAVAILABLE,
    /** The mover cannot reach memory on the heap. */
    HEAP_SEGMENT,
    /** The data are damaged. */
    INVALID_DATA,
    /** The storage reported an error. */
    IO_ERROR,
    /** The file or the device cannot be mapped. */
    MAPPING_FAILED,
    /** The future is not complete. */
    NOT_COMPLETE,
    /** The future or the batch has no operation. */
    NOT_PREPARED,
    /** The system has too little memory. */
    OUT_OF_MEMORY,
    /** The arena of the segment is closed. */
    SEGMENT_UNUSABLE,
    /** The future was not complete when the wait timed out. */
    WAIT_TIMEOUT,
    /** The memory is confined to another thread. */
    WRONG_THREAD;

    /**
     * Returns a message that ends with the name.
     *
     * @param message the message, without a full stop
     * @return the message, a space and the name in brackets
     */
    public String endOf(String message) {
        return message + ' ' + inBrackets(name());
    }

    /**
     * Returns the name of a constant in docs/troubleshooting.md.
     *
     * @param constant the name of a constant of this type or of {@code VdmResult}
     * @return for example {@code [VDM-CLOSED]}
     */
    public static String inBrackets(String constant) {
        return "[VDM-%s]".formatted(constant.replace('_', '-'));
    }
}
