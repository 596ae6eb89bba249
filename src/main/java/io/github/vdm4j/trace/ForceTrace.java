package io.github.vdm4j.trace;

import jdk.jfr.FlightRecorder;

/** The recording of forces by the flight recorder. */
public final class ForceTrace {
    private static volatile boolean registered;

    private ForceTrace() {}

    /** Records a force that has ended. */
    public static void record(String file, int groupSize, int ranges, boolean failed,
            long waitNanos, long forceNanos) {
        if (!OperationTrace.PRESENT || !FlightRecorder.isInitialized()) {
            return;
        }
        if (!registered) { // late: see OperationTrace.isEnabled
            FlightRecorder.register(ForceEvent.class);
            registered = true;
        }
        var event = new ForceEvent();
        if (event.isEnabled()) {
            event.file = file;
            event.groupSize = groupSize;
            event.ranges = ranges;
            event.failed = failed;
            event.waitTime = waitNanos;
            event.forceTime = forceNanos;
            event.commit();
        }
    }
}
