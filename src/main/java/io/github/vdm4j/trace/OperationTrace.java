package io.github.vdm4j.trace;

import io.github.vdm4j.machine.LibraryThread;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;

/**
 * The recording of operations and forces by the flight recorder. The events are not fields of the
 * operations. Therefore they cost nothing without a recording. A JVM without the module jdk.jfr
 * loads this class, but not the classes of the events.
 */
public final class OperationTrace {
    private static final boolean PRESENT = isPresent();

    /** The events by operation. The keys are weak, because a program can drop an operation. */
    private static final Map<Object, OperationEvent> EVENTS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private static volatile OperationEvent probe;
    private static volatile boolean hasForceEvent;

    private OperationTrace() {}

    private static boolean isPresent() {
        try {
            FlightRecorder.isInitialized();
            return true;
        } catch (LinkageError e) { // the JVM has no module jdk.jfr
            return false;
        }
    }

    /** Returns whether a recording records operations. Without a recording, this costs one read. */
    public static boolean isOn() {
        return PRESENT && FlightRecorder.isInitialized() && isEnabled();
    }

    /**
     * Registers the event in the first operation after the recorder has begun. Registering takes
     * the recorder 50 ms. A listener for the recorder's start would keep this class's loader alive.
     * A static initialiser would pin the virtual threads that wait for it.
     */
    private static boolean isEnabled() {
        OperationEvent known = probe;
        if (known == null) {
            FlightRecorder.register(OperationEvent.class);
            known = new OperationEvent();
            probe = known;
        }
        return known.isEnabled();
    }

    /**
     * Counts a poll of an operation, and begins its event if it has no event. The first poll
     * discards an earlier event.
     */
    public static void poll(Object operation, boolean first) {
        try {
            if (!isOn()) {
                return;
            }
            OperationEvent event = first ? null : EVENTS.get(operation);
            if (event == null) {
                event = new OperationEvent();
                event.begin();
                EVENTS.put(operation, event);
            }
            event.polls++;
        } catch (Throwable e) { // the operation continues without an event
            LibraryThread.report(e);
        }
    }

    /** Records that a worker begins an operation. */
    public static void workBegins(Object operation) {
        OperationEvent event = eventOf(operation);
        if (event != null) {
            event.workBegan = System.nanoTime();
        }
    }

    /** Records that a worker has executed an operation. */
    public static void workEnds(Object operation) {
        OperationEvent event = eventOf(operation);
        if (event != null) {
            event.workEnded = System.nanoTime();
        }
    }

    /** Records the names of the work queues that executed an operation, or null. */
    public static void executedOn(Object operation, Supplier<String> queue) {
        try {
            OperationEvent event = eventOf(operation);
            if (event != null) {
                event.queue = queue.get();
            }
        } catch (Throwable e) { // the operation continues without the names
            LibraryThread.report(e);
        }
    }

    private static OperationEvent eventOf(Object operation) {
        try {
            return isOn() ? EVENTS.get(operation) : null;
        } catch (Throwable e) { // the operation continues without an event
            LibraryThread.report(e);
            return null;
        }
    }

    /** Commits the event of an operation that has ended. */
    public static void end(Object operation, String what, long bytes, String mover, String path,
            String status) {
        OperationEvent event = EVENTS.remove(operation);
        if (event == null) {
            return;
        }
        event.end();
        if (event.shouldCommit()) {
            long now = System.nanoTime();
            boolean queued = event.workBegan != 0;
            long began = queued ? event.workBegan : event.started;
            event.operation = what;
            event.bytes = bytes;
            event.mover = mover;
            event.path = path;
            event.status = status;
            event.queueTime = began - event.started;
            event.runTime = (queued && event.workEnded != 0 ? event.workEnded : now) - began;
            event.commit();
        }
    }

    /** Records a force of a file that has ended. Operations share it. */
    public static void recordForce(String file, int groupSize, int ranges, boolean failed,
            long waitNanos, long forceNanos) {
        if (!PRESENT || !FlightRecorder.isInitialized()) {
            return;
        }
        if (!hasForceEvent) { // as late as in isEnabled
            FlightRecorder.register(ForceEvent.class);
            hasForceEvent = true;
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
