package io.github.vdm4j.engine.channel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A fixed number of slots, lent out and given back in any order by any thread without locks. Each is
 * made and initialised when it is first needed, and never again.
 *
 * <p>A slot's native memory is alive for as long as the slot is lent: {@link #tryClose} frees the
 * memory only when it has itself taken every slot, and never gives them back. So a holder may pass a
 * slot's address to the library without a check.
 */
public final class SlotPool {
    private static final int FREE = 0;
    private static final int LENT = 1;
    /** Taken by the closing thread for ever. A drain does not wait for it. */
    private static final int RETIRED = 2;

    /**
     * Null where none was needed so far: to make all of them takes a JVM that has just started
     * milliseconds.
     */
    private final Slot[] slots;

    /** Guarded by this. */
    private final Channel channel;

    /** How many slots the closing thread has taken; they are the first ones. Guarded by this. */
    private int retired;

    /** Slots that a device does not answer. Guarded by this. */
    private final List<Slot> overdue = new ArrayList<>();

    /** Slots without a place: another took it while they were overdue. Guarded by this. */
    private final List<Slot> spare = new ArrayList<>();

    /** How many slots are lent that have no place, either. Guarded by this. */
    private int borrowed;

    private volatile int overdueCount;

    /** Why DML did not make the last slot that was needed. */
    private volatile SlotRefusedException refusal;

    /**
     * Makes a pool.
     *
     * @param channel what makes the slots; the pool closes it
     * @param capacity how many slots there may be
     */
    public SlotPool(Channel channel, int capacity) {
        this.channel = channel;
        slots = new Slot[capacity];
    }

    /** More memory for a slot that is lent. */
    synchronized MemorySegment allocate(long bytes) {
        return channel.allocate(bytes);
    }

    /**
     * Takes a slot. Threads begin to look at different places, so that they seldom meet.
     *
     * @return a slot with nothing submitted, or null if all are lent or the pool is closed
     */
    public Slot take() {
        int count = slots.length;
        int start = firstPlace();
        for (int i = 0; i < count; i++) {
            int place = start + i < count ? start + i : start + i - count;
            Slot slot = slots[place];
            if (slot == null) {
                slot = takeNew(place);
                if (slot != null) {
                    return slot;
                }
            } else if (slot.taken == FREE && Slot.TAKEN.compareAndSet(slot, FREE, LENT)) {
                return slot;
            }
        }
        return null;
    }

    /** Where the current thread looks first. */
    private int firstPlace() {
        long hash = Thread.currentThread().threadId() * 0x9E3779B9L & 0xffffffffL;
        return (int) (hash * slots.length >>> 32); // a multiplication scales it; a division would cost a slot's share
    }

    /**
     * The slot of a place that had none; null if it is lent by now, the pool is being closed, or DML
     * does not make it.
     */
    private synchronized Slot takeNew(int place) {
        Slot slot = slots[place];
        if (slot != null) {
            return Slot.TAKEN.compareAndSet(slot, FREE, LENT) ? slot : null;
        }
        if (place < retired) {
            return null;
        }
        try {
            slot = make();
            refusal = null;
        } catch (SlotRefusedException e) {
            refusal = e;
            return null;
        }
        slot.taken = LENT;
        VarHandle.releaseFence(); // whoever finds the slot there finds it whole
        slots[place] = slot;
        return slot;
    }

    private Slot make() {
        Slot slot = channel.makeSlot();
        slot.pool = this;
        return slot;
    }

    /**
     * Gives a slot back.
     *
     * @param slot one that was taken, with nothing in flight, and {@linkplain Slot#reset() reset} if
     * more was done with it than a submission
     */
    public void give(Slot slot) {
        if (slot.isSubmitted()) {
            throw new IllegalStateException("a slot in flight cannot be given back");
        }
        slot.countUse();
        Slot.TAKEN.setRelease(slot, FREE);
    }

    /**
     * The slot at a place, lent or free, for a look at its {@linkplain Slot#owner() owner}.
     *
     * @param place 0 to {@link #capacity()} - 1
     * @return the slot, or null if none was needed there so far
     */
    public Slot peek(int place) {
        return slots[place];
    }

    /**
     * Takes over a lent slot whose submission does not come back. The slot keeps what it has pinned
     * until the device answers. Its place goes to another slot, so that the pool can lend as many as
     * before; unless as many as it has are overdue already.
     *
     * @param slot a lent slot that is submitted, of which the caller lets go
     */
    public synchronized void takeOver(Slot slot) {
        slot.owner(null);
        Slot other = overdue.size() < slots.length ? anotherSlot() : null;
        for (int i = 0; i < slots.length && other != null; i++) {
            if (slots[i] == slot) {
                VarHandle.releaseFence(); // whoever finds the slot there finds it whole
                slots[i] = other;
            }
        }
        overdue.add(slot);
        overdueCount = overdue.size();
    }

    /**
     * A slot beside those that are lent to operations.
     *
     * @return a slot, to be given back by {@link #giveBorrowed}, for which the pool waits when it is
     * closed; null if DML does not make one, or the pool is closed
     */
    public synchronized Slot borrow() {
        Slot slot = channel.isOpen() ? anotherSlot() : null;
        borrowed += slot == null ? 0 : 1;
        return slot;
    }

    /**
     * Takes a borrowed slot back.
     *
     * @param slot the slot, with nothing in flight
     */
    public synchronized void giveBorrowed(Slot slot) {
        borrowed--;
        spare.add(slot);
    }

    /** Null if DML does not make one. */
    private Slot anotherSlot() {
        if (!spare.isEmpty()) {
            return spare.removeLast();
        }
        try {
            return make();
        } catch (SlotRefusedException e) {
            return null;
        }
    }

    /**
     * Asks the device about the slots that are overdue. Those that it has answered let go of what
     * they pinned, and can be lent again.
     *
     * @return how many are still overdue
     */
    public int collectOverdue() {
        if (overdueCount == 0) {
            return 0;
        }
        synchronized (this) {
            overdue.removeIf(this::collected);
            overdueCount = overdue.size();
            return overdueCount;
        }
    }

    private boolean collected(Slot slot) {
        if (slot.check() == Slot.IN_FLIGHT) {
            return false;
        }
        slot.reset();
        if (Arrays.asList(slots).contains(slot)) {
            give(slot);
        } else {
            Slot.TAKEN.setRelease(slot, FREE);
            spare.add(slot);
        }
        return true;
    }

    /**
     * Returns what makes the slots.
     *
     * @return the channel
     */
    public Channel channel() {
        return channel;
    }

    /**
     * Why there may be fewer slots than {@link #capacity} says.
     *
     * @return what DML answered when the last one was to be made; null if it made it
     */
    public SlotRefusedException refusal() {
        return refusal;
    }

    /**
     * How many slots can be lent.
     *
     * @return the number the pool was made with
     */
    public int capacity() {
        return slots.length;
    }

    /**
     * How many slots are lent, or used by the operations that they belong to, right now; 0 once the
     * pool is closed.
     *
     * @return a number that may be outdated at once
     */
    public synchronized int lent() {
        int lent = 0;
        for (int i = retired; i < slots.length; i++) {
            if (slots[i] != null && isBusy(slots[i])) {
                lent++;
            }
        }
        return lent;
    }

    /** Whether an operation is using a slot. */
    static boolean isBusy(Slot slot) {
        return slot.taken == LENT;
    }

    /**
     * The native memory that the slots and their batches take up.
     *
     * @return bytes, 0 once the pool is closed
     */
    public synchronized long nativeBytes() {
        return channel.isOpen() ? channel.nativeBytes() : 0;
    }

    /**
     * Takes out of use what is not lent, and frees the memory once that is everything.
     *
     * @return true if the pool is closed; false if slots are still lent, to be called again then
     */
    public synchronized boolean tryClose() {
        while (retired < slots.length) {
            if (slots[retired] != null
                    && !Slot.TAKEN.compareAndSet(slots[retired], FREE, RETIRED)) {
                return false;
            }
            retired++; // where there is none, none will be made any more
        }
        collectOverdue();
        if (borrowed > 0 || !overdue.isEmpty()) {
            return false;
        }
        channel.close();
        return true;
    }
}
