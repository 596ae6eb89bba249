package io.github.vdm4j.engine.channel;

/**
 * A watch that ends when all slots that were in use at its beginning have ended that use. One
 * thread at a time may use it.
 */
public final class DrainWatch {
    private final SlotPool pool;

    /** The slots that were in use when the watch began, each in its place; null elsewhere. */
    private final Slot[] watched;

    /** How often each of them had been used by then. */
    private final long[] uses;

    /** The places before this one have ended. */
    private int next;

    /** Begins a watch of the slots that are in use. */
    public DrainWatch(SlotPool pool) {
        this.pool = pool;
        watched = new Slot[pool.capacity()];
        uses = new long[pool.capacity()];
        for (int i = 0; i < watched.length; i++) {
            Slot slot = pool.peek(i);
            watched[i] = slot != null && SlotPool.isBusy(slot) ? slot : null;
            uses[i] = slot == null ? 0 : slot.uses();
        }
    }

    /** Returns whether every slot that was in use at the beginning has ended that use. */
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
     * Returns whether the same use continues. A slot without an answer is replaced, and its
     * operation has failed. The order of the reads matters: a thread that sees a later user of the
     * slot also sees the earlier count.
     */
    private boolean isInUse(Slot slot) {
        return pool.peek(next) == slot && SlotPool.isBusy(slot) && slot.uses() == uses[next];
    }
}
