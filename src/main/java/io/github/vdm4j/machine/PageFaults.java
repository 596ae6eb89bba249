package io.github.vdm4j.machine;

/** Page faults of mapped files, which the JVM reports when it finds the time. */
public final class PageFaults {
    private PageFaults() {}

    /**
     * Returns whether an error is the JVM's report of a page that is not there.
     *
     * @param thrown what was thrown while memory was accessed
     * @return false for errors of another cause
     */
    public static boolean isReportedBy(Throwable thrown) {
        return thrown instanceof InternalError
                && thrown.getMessage() != null
                && thrown.getMessage().contains("unsafe memory access operation");
    }

    /**
     * Throws what the JVM still has to report. A page that is not there makes compiled code go on
     * for a while before it throws: long enough for an operation to succeed that has read nothing.
     * On the way back from a call of native code the JVM throws at last.
     *
     * @throws InternalError if a page of a mapped file that this thread accessed was not there
     */
    public static void deliver() {
        Thread.holdsLock(PageFaults.class);
    }
}
