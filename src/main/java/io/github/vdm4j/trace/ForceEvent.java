package io.github.vdm4j.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The event of a force of a file, for all operations that share the force. */
@Name(ForceEvent.NAME)
@Label("Force")
@Category("vdm4j")
@Description("A force of mapped ranges of a file, shared by the operations that wait for it")
@Enabled(false)
@Registered(false)
@StackTrace(false)
final class ForceEvent extends Event {
    static final String NAME = "io.github.vdm4j.Force";

    @Label("Wait Time")
    @Description("How long the force waited for further requests")
    @Timespan(Timespan.NANOSECONDS) long waitTime;

    @Label("Force Time")
    @Description("How long the system took")
    @Timespan(Timespan.NANOSECONDS) long forceTime;

    @Label("File") String file;

    @Label("Group Size")
    @Description("The number of requests that share the force") int groupSize;

    @Label("Ranges")
    @Description("The number of ranges that were passed to the system") int ranges;

    @Label("Failed")
    @Description("Whether a range failed") boolean failed;
}
