package io.github.vdm4j;

/**
 * The precise status of the library or device behind a mover.
 *
 * @see VdmException#status()
 */
public interface VdmStatus {
    /** {@return the number of the status} */
    int code();

    /** {@return the name in the library's header without its prefix, or {@code UNKNOWN}} */
    String name();

    /**
     * What it means for an operation.
     *
     * @return the result that an operation with this status has
     */
    VdmResult result();

    /** {@return the meaning and the remedy, in a sentence or two} */
    String explanation();
}
