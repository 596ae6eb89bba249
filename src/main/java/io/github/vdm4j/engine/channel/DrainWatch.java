package io.github.vdm4j.engine.channel;

/**
 * A watch over the slots in use. It ends when all operations that used a slot at its beginning have
 * released the slot. One thread at a time may use it.
 */
public final class DrainWatch {
    private final SlotPool pool;

    /** The slots in use at the beginning of the watch by place, or null for other places. */
    private final Slot[] watched;

    /** The number of earlier uses of each slot at the beginning of the watch. */
    private final long[] uses;

    /** The first place whose use may continue. */
    private int next;

    /** Begins a watch over the slots in use. */
    public DrainWatch(SlotPool pool) {
        this.pool = pool;
        watched = new Slot[pool.capacity()];
        uses = new long[pool.capacity()];
        for (int i = 0; i < watched.length; i++) {
            Slot slot = pool.peek(i);
            watched[i] = slot != null && SlotPool.isBusy(slot) ? slot : null;
            uses[i] = slot == null ? 0 : SlotPool.uses(slot);
        }
    }

    /** Returns whether all uses at the beginning of the watch have ended. */
    public boolean isOver() {
        while (next < watched.length) {
            if (watched[next] != null && isInUse(watched[next])) {
                return false;
            }
            watched[next] = null;
            next++;
        }
        return true;
    }

    /**
     * Returns whether the same use continues. If the device does not answer, the pool replaces the
     * slot, and the operation has failed. The count is read last, because a thread that sees a
     * later user of the slot also sees its count.
     */
    private boolean isInUse(Slot slot) {
        return pool.peek(next) == slot && SlotPool.isBusy(slot)
                && SlotPool.uses(slot) == uses[next];
    }
}
