package io.github.vdm4j.cli;

/** Told how far a copy has come, by the copying thread. */
interface Progress {
    /** For whoever does not want to know. */
    Progress NONE = new Progress() {};

    /** The source and the target are mapped; copying begins. */
    default void begin(long bytes) {}

    /** A chunk was copied. */
    default void moved(long bytes) {}

    /** Copying has ended, well or not. Called after every {@link #begin}. */
    default void end() {}
}
