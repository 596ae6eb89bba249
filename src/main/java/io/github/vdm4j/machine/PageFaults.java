package io.github.vdm4j.machine;

/** Page faults of mapped files, which the JVM reports some time after the access. */
public final class PageFaults {
    private PageFaults() {}

    /** Returns whether an error is the JVM's report of a missing page. */
    public static boolean isReportedBy(Throwable thrown) {
        return thrown instanceof InternalError
                && thrown.getMessage() != null
                && thrown.getMessage().contains("unsafe memory access operation");
    }

    /**
     * Throws the error that the JVM has not reported yet. After an access to a missing page,
     * compiled code continues for a while before it throws. An operation could succeed in that time
     * although it has read nothing. The JVM reports the error when a native method returns, so this
     * method calls a native method.
     */
    public static void deliver() {
        Thread.holdsLock(PageFaults.class);
    }
}
