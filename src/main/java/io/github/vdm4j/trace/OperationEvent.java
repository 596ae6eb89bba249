package io.github.vdm4j.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The event of an operation of a mover, from its first poll to its completion. */
@Name(OperationEvent.NAME)
@Label("Operation")
@Category("vdm4j")
@Description("An operation of a data mover, from its first poll to its end")
@Enabled(false)
@Registered(false)
@StackTrace(false)
final class OperationEvent extends Event {
    static final String NAME = "io.github.vdm4j.Operation";

    @Label("Operation") String operation;

    @Label("Bytes")
    @DataAmount long bytes;

    @Label("Mover") String mover;

    @Label("Path")
    @Description("The path that executed the operation") String path;

    @Label("Queue")
    @Description("The work queues of DSA that got its last part; null if no device executed it, "
            + "or DML hides the queue") String queue;

    @Label("Status")
    @Description("The result, for example SUCCESS") String status;

    @Label("Polls")
    @Description("The number of polls that advanced the operation, by all threads") int polls;

    @Label("Queue Time")
    @Description("From the first poll until a worker began the operation. 0 without a worker")
    @Timespan(Timespan.NANOSECONDS) long queueTime;

    @Label("Run Time")
    @Description("From the end of the queue time to the end of the execution. On hardware, to "
            + "the poll"
            + " that found the end")
    @Timespan(Timespan.NANOSECONDS) long runTime;

    // The recorder ignores the next fields. They are the times of System.nanoTime, or 0.
    final transient long started = System.nanoTime();
    transient volatile long workBegan;
    transient volatile long workEnded;
}
