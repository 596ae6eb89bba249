package io.github.vdm4j.cli;

/** A listener of a command's progress with a file. The working thread calls it. */
interface Progress {
    /** A listener that does nothing. */
    Progress NONE = new Progress() {};

    /** Notifies that the files are mapped and the work begins. */
    default void begin(long bytes) {}

    /** Notifies that a chunk is done. */
    default void moved(long bytes) {}

    /**
     * Notifies that the work has ended, with or without success. It follows every {@link #begin}.
     */
    default void end() {}
}
