package io.github.vdm4j;

/**
 * The precise status of the library behind a mover, where there is one.
 *
 * @see VdmException#status()
 */
public interface VdmStatus {
    /**
     * The number as the library returned it.
     *
     * @return the code
     */
    int code();

    /**
     * The name that the library's header gives it, without prefix; {@code UNKNOWN} if it has none.
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
     * What it means and what to do about it, in a sentence or two.
     *
     * @return the text
     */
    String explanation();
}
