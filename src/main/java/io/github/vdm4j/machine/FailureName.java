package io.github.vdm4j.machine;

/**
 * The name of a failure in docs/troubleshooting.md. A message ends with the name in brackets, for
 * example {@code [VDM-CLOSED]}. The constants of {@code VdmResult} have such names, too.
 */
public enum FailureName {
    BUFFER_CLOSED,
    CANCELLED,
    CHAIN_EXTENDED,
    CLOSED,
    CONCURRENT_USE,
    DML_UNAVAILABLE,
    DSA_UNAVAILABLE,
    ENDLESS_WAIT,
    HARDWARE_UNAVAILABLE,
    HEAP_SEGMENT,
    INVALID_DATA,
    IO_ERROR,
    MAPPING_FAILED,
    NOT_COMPLETE,
    NOT_PREPARED,
    OUT_OF_MEMORY,
    SEGMENT_UNUSABLE,
    WAIT_TIMEOUT,
    WRONG_THREAD;

    /** Returns a message without a full stop, a space and the name in brackets. */
    public String endOf(String message) {
        return message + ' ' + inBrackets(name());
    }

    /**
     * Returns for example {@code [VDM-CLOSED]}.
     *
     * @param constant the name of a constant of this type or of {@code VdmResult}
     */
    public static String inBrackets(String constant) {
        return "[VDM-" + constant.replace('_', '-') + ']';
    }
}
