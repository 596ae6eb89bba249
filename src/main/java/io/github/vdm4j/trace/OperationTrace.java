package io.github.vdm4j.trace;

import io.github.vdm4j.machine.LibraryThread;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;

/**
 * The times of an operation while the flight recorder records operations. The traces are not fields
 * of the operations. Therefore they cost nothing without a recording.
 */
public final class OperationTrace {
    static final boolean PRESENT = isPresent();

    /** The traces by operation. The keys are weak, because a program can drop an operation. */
    private static final Map<Object, OperationTrace> TRACES =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final Object event;
    private final long started = System.nanoTime();
    private int polls;
    private String queue;
    private volatile long workBegan;
    private volatile long workEnded;

    private OperationTrace(Object event) {
        this.event = event;
    }

    /**
     * The use of jdk.jfr. It has its own class, because a JVM without this module cannot load the
     * class.
     */
    private static final class Flight {
        private static volatile OperationEvent probe;

        /**
         * Registers the event in the first operation after the recorder has begun. Registering
         * takes the recorder 50 ms. A listener for the recorder's start would keep this class's
         * loader alive. A static initialiser would pin the virtual threads that wait for it.
         */
        static boolean isEnabled() {
            OperationEvent known = probe;
            if (known == null) {
                FlightRecorder.register(OperationEvent.class);
                known = new OperationEvent();
                probe = known;
            }
            return known.isEnabled();
        }

        static Object begin() {
            var event = new OperationEvent();
            event.begin();
            return event;
        }

        static void commit(
                Object begun, OperationTrace trace, String what, long bytes, String mover,
                String path, String status) {
            var event = (OperationEvent) begun;
            event.end();
            if (event.shouldCommit()) {
                long now = System.nanoTime();
                boolean queued = trace.workBegan != 0;
                long began = queued ? trace.workBegan : trace.started;
                event.operation = what;
                event.bytes = bytes;
                event.mover = mover;
                event.path = path;
                event.queue = trace.queue;
                event.status = status;
                event.polls = trace.polls;
                event.queueTime = began - trace.started;
                event.runTime = (queued && trace.workEnded != 0 ? trace.workEnded : now) - began;
                event.commit();
            }
        }
    }

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
        return PRESENT && FlightRecorder.isInitialized() && Flight.isEnabled();
    }

    /**
     * Counts a poll of an operation, and begins its trace if it has no trace. The first poll
     * discards an earlier trace.
     */
    public static void poll(Object operation, boolean first) {
        try {
            if (!isOn()) {
                return;
            }
            OperationTrace trace = first ? null : TRACES.get(operation);
            if (trace == null) {
                trace = new OperationTrace(Flight.begin());
                TRACES.put(operation, trace);
            }
            trace.polls++;
        } catch (Throwable e) { // the operation continues without a trace
            LibraryThread.report(e);
        }
    }

    /** Records that a worker begins an operation. */
    public static void workBegins(Object operation) {
        OperationTrace trace = traceOf(operation);
        if (trace != null) {
            trace.workBegan = System.nanoTime();
        }
    }

    /** Records that a worker has executed an operation. */
    public static void workEnds(Object operation) {
        OperationTrace trace = traceOf(operation);
        if (trace != null) {
            trace.workEnded = System.nanoTime();
        }
    }

    /** Records the names of the work queues that executed an operation, or null. */
    public static void executedOn(Object operation, Supplier<String> queue) {
        try {
            OperationTrace trace = traceOf(operation);
            if (trace != null) {
                trace.queue = queue.get();
            }
        } catch (Throwable e) { // the operation continues without the names
            LibraryThread.report(e);
        }
    }

    private static OperationTrace traceOf(Object operation) {
        try {
            return isOn() ? TRACES.get(operation) : null;
        } catch (Throwable e) { // the operation continues without a trace
            LibraryThread.report(e);
            return null;
        }
    }

    /** Commits the event of an operation that has ended. */
    public static void end(Object operation, String what, long bytes, String mover, String path,
            String status) {
        OperationTrace trace = TRACES.remove(operation);
        if (trace != null) {
            Flight.commit(trace.event, trace, what, bytes, mover, path, status);
        }
    }
}
