package io.github.vdm4j.engine.channel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pool of a fixed number of slots. Any thread takes and returns them in any order, without locks.
 * Each slot is made once, when it is first needed.
 *
 * <p>A slot's native memory is alive while the slot is lent. {@link #tryClose} frees the memory
 * only after it has taken every slot, and never returns them. A holder may therefore pass a slot's
 * address to the library without a check.
 */
public final class SlotPool {
    private static final int FREE = 0;
    private static final int LENT = 1;
    /** Taken by the closing thread for ever. A drain does not wait for it. */
    private static final int RETIRED = 2;

    /**
     * The slots, null where none was needed so far. Making all of them takes a new JVM
     * milliseconds.
     */
    private final Slot[] slots;

    /** Guarded by this. */
    private final Channel channel;

    /** How many slots the closing thread has taken; they are the first ones. Guarded by this. */
    private int retired;

    /** The slots without an answer of the device. Guarded by this. */
    private final List<Slot> overdue = new ArrayList<>();

    /** The slots whose places other slots took while they were overdue. Guarded by this. */
    private final List<Slot> spare = new ArrayList<>();

    /** How many lent slots have no place. Guarded by this. */
    private int borrowed;

    private volatile int overdueCount;

    /** The reason why the channel did not make the last slot. */
    private volatile SlotRefusedException refusal;

    /**
     * Makes a pool.
     *
     * @param channel the channel, which the pool closes
     * @param capacity how many slots there may be
     */
    public SlotPool(Channel channel, int capacity) {
        this.channel = channel;
        slots = new Slot[capacity];
    }

    /** Allocates more memory for a lent slot. */
    synchronized MemorySegment allocate(long bytes) {
        return channel.allocate(bytes);
    }

    /**
     * Takes a slot. Threads begin at different places, so they seldom meet.
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

    /** Returns the place at which the current thread begins. */
    private int firstPlace() {
        long hash = Thread.currentThread().threadId() * 0x9E3779B9L & 0xffffffffL;
        return (int) (hash * slots.length >>> 32); // a multiplication scales it; a division would cost a slot's share
    }

    /**
     * Makes and takes the slot of a place without a slot. Returns null if it is lent by now, the
     * pool is being closed, or the channel refuses.
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
        VarHandle.releaseFence(); // a thread that finds the slot finds it whole
        slots[place] = slot;
        return slot;
    }

    private Slot make() {
        Slot slot = channel.makeSlot();
        slot.pool = this;
        return slot;
    }

    /** Returns a slot to the pool. */
    public void give(Slot slot) {
        if (slot.isSubmitted()) {
            throw new IllegalStateException("a slot in flight cannot be given back");
        }
        slot.countUse();
        Slot.TAKEN.setRelease(slot, FREE);
    }

    /**
     * Returns the slot at a place, lent or free, for a check of its {@linkplain Slot#owner()
     * owner}.
     *
     * @param place 0 to {@link #capacity()} - 1
     * @return the slot, or null if none was needed there so far
     */
    public Slot peek(int place) {
        return slots[place];
    }

    /**
     * Takes a lent slot whose submission has no answer. The slot keeps its pins until the device
     * answers. Its place goes to another slot, unless as many slots as the pool has are overdue.
     *
     * @param slot a lent and submitted slot, which the caller must not use afterwards
     */
    public synchronized void takeOver(Slot slot) {
        slot.owner(null);
        Slot other = overdue.size() < slots.length ? anotherSlot() : null;
        for (int i = 0; i < slots.length && other != null; i++) {
            if (slots[i] == slot) {
                VarHandle.releaseFence(); // a thread that finds the slot finds it whole
                slots[i] = other;
            }
        }
        overdue.add(slot);
        overdueCount = overdue.size();
    }

    /**
     * Returns a slot in addition to the capacity.
     *
     * @return a slot, to be given back by {@link #giveBorrowed}, for which the pool waits when it
     *     is closed; null if DML does not make one, or the pool is closed
     */
    public synchronized Slot borrow() {
        Slot slot = channel.isOpen() ? anotherSlot() : null;
        borrowed += slot == null ? 0 : 1;
        return slot;
    }

    /** Returns a borrowed slot to the pool. */
    public synchronized void giveBorrowed(Slot slot) {
        borrowed--;
        spare.add(slot);
    }

    /** Makes a slot. Returns null if the channel refuses. */
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
     * Checks the overdue slots. A slot that the device has answered releases its pins, and can be
     * lent again.
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

    /** Returns the channel that makes the slots. */
    public Channel channel() {
        return channel;
    }

    /**
     * Returns why there can be fewer slots than {@link #capacity}.
     *
     * @return the channel's refusal to make the last slot, or null
     */
    public SlotRefusedException refusal() {
        return refusal;
    }

    /** Returns how many slots can be lent. */
    public int capacity() {
        return slots.length;
    }

    /** Returns how many slots are lent; 0 after the pool is closed. */
    public synchronized int lent() {
        int lent = 0;
        for (int i = retired; i < slots.length; i++) {
            if (slots[i] != null && isBusy(slots[i])) {
                lent++;
            }
        }
        return lent;
    }

    /** Returns whether an operation uses a slot. */
    static boolean isBusy(Slot slot) {
        return slot.taken == LENT;
    }

    /**
     * Returns the native memory of the slots and their batches.
     *
     * @return bytes, 0 once the pool is closed
     */
    public synchronized long nativeBytes() {
        return channel.isOpen() ? channel.nativeBytes() : 0;
    }

    /**
     * Retires the slots that are not lent, and frees the memory when all are retired.
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
