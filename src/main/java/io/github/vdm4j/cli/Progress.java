package io.github.vdm4j.cli;

/** Told how far a command has come with a file, by the thread that works on it. */
interface Progress {
    /** For whoever does not want to know. */
    Progress NONE = new Progress() {};

    /** The files are mapped; the work begins. */
    default void begin(long bytes) {}

    /** A chunk is done. */
    default void moved(long bytes) {}

    /** The work has ended, well or not. Called after every {@link #begin}. */
    default void end() {}
}
