package io.github.vdm4j.dml;

import io.github.vdm4j.HeldMover;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** A DML mover on a simulated library that holds selected operations. */
public final class HeldDml extends HeldMover {
    private final SimulatedDml dml = new SimulatedDml();
    private final DmlDataMover mover;
    private final boolean onDevice;

    private HeldDml(DmlPath path, int jobs, int workers) {
        onDevice = path == DmlPath.HARDWARE;
        DmlDataMoverBuilder builder = DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .library(dml.library())
                .path(path)
                .jvmUpTo(0)
                .slots(jobs)
                .workers(workers)
                .queueFullTimeout(Duration.ofHours(1));
        if (onDevice) {
            dml.withHardware();
            builder.withoutTrial();
        } else {
            builder.workersFrom(1);
        }
        mover = builder.open();
    }

    /** Opens a mover with a device and a number of jobs. */
    public static HeldDml onDevice(int jobs) {
        return new HeldDml(DmlPath.HARDWARE, jobs, 1);
    }

    /** Opens a mover without a device. Its workers execute operations of every size. */
    public static HeldDml onWorkers(int count) {
        return new HeldDml(DmlPath.SOFTWARE, 8, count);
    }

    @Override
    public Vdm mover() {
        return mover;
    }

    @Override
    public int inUse() {
        return mover.slotsInUse();
    }

    @Override
    public void hold() {
        super.hold();
        dml.always(onDevice ? Plan.hold() : Plan.succeed().during(this::passGate));
    }

    @Override
    public void release() {
        super.release();
        dml.releaseAll();
    }

    @Override
    public MemorySegment memory(long size) {
        return dml.allow(super.memory(size));
    }

    @Override
    public void close() {
        super.release();
        dml.releaseAll();
        mover.close();
        while (mover.nativeBytes() > 0) {
            Thread.onSpinWait(); // Another thread finishes the close.
        }
        dml.close();
        super.close();
    }
}
