package io.github.vdm4j.engine;

import io.github.vdm4j.PendingList;
import io.github.vdm4j.engine.channel.DrainWatch;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.memory.Forces;
import java.util.List;

/**
 * What a drain waits for, step by step, because each step passes operations to the next: the list
 * to slots, and workers and slots to the threads that force.
 */
final class Drain {
    private final PendingList pending;
    private final DeviceWorkers workers;
    private final SlotPool pool;
    private final long waiting;
    private final long atWork;
    /** Null until nothing waits and no worker is at work. */
    private DrainWatch watch;
    /** Null until the slots are free. */
    private List<Forces> forces;

    Drain(PendingList pending, DeviceWorkers workers, SlotPool pool) {
        this.pending = pending;
        this.workers = workers;
        this.pool = pool;
        waiting = pending.mark();
        atWork = workers.mark();
    }

    /** Returns whether the operations before the drain have ended. */
    boolean isOver() {
        if (pending.reached() < waiting || !workers.isPast(atWork)) {
            return false;
        }
        if (watch == null) {
            watch = new DrainWatch(pool);
        }
        if (!watch.isOver()) {
            return false;
        }
        if (forces == null) {
            forces = workers.forces();
        }
        return workers.areForced(forces);
    }
}
