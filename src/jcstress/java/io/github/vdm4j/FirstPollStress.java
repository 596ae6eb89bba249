package io.github.vdm4j;

import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread starts an operation while another thread closes the mover. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the mover was closed before the start")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "close() has waited for the copy")
@Outcome(expect = Expect.FORBIDDEN, desc = "the mover wrote after close() had returned")
@State
public class FirstPollStress {
    /** For a shorter fill, close() does not wait. */
    private static final int SIZE = (64 << 10) + 64;

    private final byte[] bytes = new byte[SIZE];
    private final AbstractDataMover mover = SyncDataMover.open();
    private final VdmFuture<VdmOutput> fill =
            mover.memset(MemorySegment.ofArray(bytes), (byte) 1);

    @Actor
    public void poll() {
        fill.busyPoll();
    }

    @Actor
    public void close(II_Result result) {
        mover.close();
        result.r1 = bytes[SIZE - 1];
    }

    @Arbiter
    public void last(II_Result result) {
        result.r2 = bytes[SIZE - 1];
    }
}
