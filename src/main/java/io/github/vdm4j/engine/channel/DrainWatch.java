package io.github.vdm4j.engine.channel;

/**
 * Sees when all slots that were in use at one moment have come to the end of that use. Used by one
 * thread at a time.
 */
public final class DrainWatch {
    private final SlotPool pool;

    /** The slots that were in use when the watch began, each in its place; null elsewhere. */
    private final Slot[] watched;

    /** How often each of them had been used by then. */
    private final long[] uses;

    /** The places before this one are over. */
    private int next;

    private boolean begun;

    /**
     * Makes a watch, to be used any number of times.
     *
     * @param pool the slots
     */
    public DrainWatch(SlotPool pool) {
        this.pool = pool;
        watched = new Slot[pool.capacity()];
        uses = new long[pool.capacity()];
    }

    /**
     * Tells whether the watch is being kept.
     *
     * @return true from {@link #begin} to {@link #end}
     */
    public boolean hasBegun() {
        return begun;
    }

    /** Takes down which slots are in use. */
    public void begin() {
        for (int i = 0; i < watched.length; i++) {
            Slot slot = pool.peek(i);
            watched[i] = slot != null && SlotPool.isBusy(slot) ? slot : null;
            uses[i] = slot == null ? 0 : slot.uses();
        }
        next = 0;
        begun = true;
    }

    /**
     * Tells whether every slot has come to its end that was in use at the beginning, whoever uses it
     * now.
     *
     * @return true if there is nothing to wait for
     */
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
     * Whether it is the same use still. A slot that does not come back is replaced by another, its
     * operation given up. Only in this order: who sees that a later user has the slot sees the count
     * of before as well.
     */
    private boolean isInUse(Slot slot) {
        return pool.peek(next) == slot && SlotPool.isBusy(slot) && slot.uses() == uses[next];
    }

    /** Ends the watch. */
    public void end() {
        begun = false;
    }
}
