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

/** One operation of a mover, from its first poll until it was seen to be complete. */
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
    @Description("What executed it") String path;

    @Label("Status")
    @Description("The result; SUCCESS if it went well") String status;

    @Label("Polls")
    @Description("How often it was advanced, by whichever threads") int polls;

    @Label("Queue Time")
    @Description("From the first poll until a worker began with it; 0 if none had to")
    @Timespan(Timespan.NANOSECONDS) long queueTime;

    @Label("Run Time")
    @Description("From then, or from the first poll, until it was done; on hardware until it was seen to be")
    @Timespan(Timespan.NANOSECONDS) long runTime;
}
