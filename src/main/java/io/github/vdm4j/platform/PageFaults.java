package io.github.vdm4j.platform;

/** Page faults of mapped files, which the JVM reports when it finds the time. */
public final class PageFaults {
    private PageFaults() {}

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
