package io.github.vdm4j.dml;

import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.machine.NumaNodes;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads that take the only slot of a pool. */
@JCStressTest
@Outcome(id = "[01], [01]", expect = Expect.ACCEPTABLE, desc = "had it alone, or was refused")
@Outcome(expect = Expect.FORBIDDEN, desc = "lent twice at once")
@State
public class PoolStress {
    // All tries share one pool, because its creation takes longer than a try. Each try returns its
    // slot.
    private static final SlotPool POOL = new SlotPool(
            new DmlChannel(new SimulatedDml().library().functions(), 1, false, true,
                    new ChannelLimits(4096, 4096, 4, 4), NumaNodes.ANY, true, DmlStatus::of),
            1);

    /** The number of holders. Only the holder of the slot accesses it, without other protection. */
    private static int holders;

    private static int use() {
        Slot slot = POOL.take();
        if (slot == null) {
            return 0;
        }
        int before = holders++;
        int alone = before == 0 && holders == 1 ? 1 : 9;
        holders--;
        POOL.give(slot);
        return alone;
    }

    @Actor
    public void one(II_Result result) {
        result.r1 = use();
    }

    @Actor
    public void another(II_Result result) {
        result.r2 = use();
    }
}
