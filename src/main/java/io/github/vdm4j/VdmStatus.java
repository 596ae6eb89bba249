package io.github.vdm4j;

/**
 * The precise status of the library or device behind a mover.
 *
 * @see VdmException#status()
 */
public interface VdmStatus {
    /**
     * Returns the number of the status.
     *
     * @return the code
     */
    int code();

    /**
     * Returns the name in the library's header without its prefix, or {@code UNKNOWN}.
     *
     * @return the name
     */
    String name();

    /**
     * What it means for an operation.
     *
     * @return the result that an operation with this status has
     */
    VdmResult result();

    /**
     * Returns the meaning and the remedy, in a sentence or two.
     *
     * @return the text
     */
    String explanation();
}
