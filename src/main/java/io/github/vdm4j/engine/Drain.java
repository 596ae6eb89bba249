package io.github.vdm4j.engine;

import io.github.vdm4j.PendingList;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.memory.Forces;
import java.util.List;

/**
 * The steps of a drain. It waits for the pending list and the workers, then for the slots, and then
 * for the forces. This order matters, because each step passes operations to the next step.
 */
final class Drain {
    private final PendingList pending;
    private final DeviceWorkers workers;
    private final SlotPool pool;
    private final long waiting;
    private final long atWork;
    /** The watch of the slots. It is null until the pending list and the workers are done. */
    private SlotPool.Watch watch;
    /** The forces to wait for. The list is null until the slots are free. */
    private List<Forces> forces;

    Drain(PendingList pending, DeviceWorkers workers, SlotPool pool) {
        this.pending = pending;
        this.workers = workers;
        this.pool = pool;
        waiting = pending.mark();
        atWork = workers.mark();
    }

    boolean isOver() {
        if (pending.reached() < waiting || !workers.isPast(atWork)) {
            return false;
        }
        if (watch == null) {
            watch = pool.watch();
        }
        if (!watch.isOver()) {
            return false;
        }
        if (forces == null) {
            forces = workers.forced().mark();
        }
        return workers.forced().isPast(forces);
    }
}
