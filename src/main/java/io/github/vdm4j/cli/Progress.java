package io.github.vdm4j.cli;

/** A listener of a command's progress with a file. The working thread calls it. */
interface Progress {
    /** A listener that does nothing. */
    Progress NONE = new Progress() {};

    /** Reports that the files are mapped and the work begins. */
    default void begin(long bytes) {}

    /** Reports that a chunk is complete. */
    default void moved(long bytes) {}

    /**
     * Reports that the work has ended, with or without success. The command calls this after every
     * {@link #begin}.
     */
    default void end() {}
}
