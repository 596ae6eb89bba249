package io.github.vdm4j;

/**
 * The precise status of the library or device behind a mover.
 *
 * @see VdmException#status()
 */
public interface VdmStatus {
    /** {@return the number of the status} */
    int code();

    /** {@return the name in the library's header without the prefix, or {@code UNKNOWN}} */
    String name();

    /** {@return the result of an operation with this status} */
    VdmResult result();

    /** {@return the meaning and the remedy} */
    String explanation();
}
