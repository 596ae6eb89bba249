package io.github.vdm4j.engine.channel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pool of a fixed number of slots. All threads take and return slots in any order without locks.
 * The pool creates each slot at its first use.
 *
 * <p>A slot's native memory is alive while the slot is lent. {@link #tryClose} frees the memory
 * only after it has retired all slots. A thread that has taken a slot may therefore pass the slot's
 * address to the library without a check.
 */
public final class SlotPool {
    private static final int FREE = 0;
    private static final int LENT = 1;
    /** A closing thread has taken the slot for ever. */
    private static final int RETIRED = 2;

    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Slot.class, "taken", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The slots, or null for unused places. The creation of all slots would take milliseconds. */
    private final Slot[] slots;

    /** Guarded by this. */
    private final Channel channel;

    /** The number of retired slots, in the order of their places. Guarded by this. */
    private int retired;

    /** The slots that wait for an overdue answer of the device. Guarded by this. */
    private final List<Slot> overdue;

    /** The free slots that lost their places while they were overdue. Guarded by this. */
    private final List<Slot> spare;

    /** The number of lent slots without a place. Guarded by this. */
    private int borrowed;

    private volatile int overdueCount;

    private volatile SlotRefusedException refusal;

    /** Creates a pool of at most {@code capacity} slots. The pool closes the channel. */
    public SlotPool(Channel channel, int capacity) {
        this.channel = channel;
        slots = new Slot[capacity];
        // They do not grow later, because the heap may be full.
        overdue = new ArrayList<>(2 * capacity);
        spare = new ArrayList<>(2 * capacity);
    }

    synchronized MemorySegment allocate(long bytes) {
        return channel.allocate(bytes);
    }

    /**
     * Takes a slot with nothing submitted, or returns null if all are lent or the pool is closed.
     * Threads search from different places, because this avoids contention.
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
            } else if (slot.taken == FREE && TAKEN.compareAndSet(slot, FREE, LENT)) {
                return slot;
            }
        }
        return null;
    }

    private int firstPlace() {
        long hash = Thread.currentThread().threadId() * 0x9E3779B9L & 0xffffffffL;
        // Scales the hash by a multiplication, because a division would be slower.
        return (int) (hash * slots.length >>> 32);
    }

    /** Takes the slot of an empty place. Returns null if the pool closes or the channel refuses. */
    private synchronized Slot takeNew(int place) {
        Slot slot = slots[place];
        if (slot != null) {
            return TAKEN.compareAndSet(slot, FREE, LENT) ? slot : null;
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
        VarHandle.releaseFence(); // A thread that sees the slot must see its fields.
        slots[place] = slot;
        return slot;
    }

    private Slot make() {
        Slot slot = channel.makeSlot();
        slot.pool = this;
        return slot;
    }

    public void give(Slot slot) {
        if (slot.isSubmitted()) {
            throw new IllegalStateException("a slot in flight cannot be given back");
        }
        if (channel.hasDevice()) {
            slot.taken = FREE; // The caller then looks for an operation that waits for a slot.
        } else {
            TAKEN.setRelease(slot, FREE);
        }
    }

    /** Returns the slot at a place in any state, or null if the place was not used yet. */
    public Slot peek(int place) {
        return slots[place];
    }

    /**
     * Takes a lent slot without an answer to its submission. The caller must not use the slot after
     * this call. The slot keeps its pins until the device answers. Another slot takes its place,
     * unless the number of overdue slots reaches the capacity.
     */
    public synchronized void setAside(Slot slot) {
        slot.owner(null);
        slot.setAside();
        Slot other = overdue.size() < slots.length ? anotherSlot() : null;
        for (int i = 0; i < slots.length && other != null; i++) {
            if (slots[i] == slot) {
                VarHandle.releaseFence(); // A thread that sees the slot must see its fields.
                slots[i] = other;
            }
        }
        overdue.add(slot);
        overdueCount = overdue.size();
    }

    /**
     * Lends a slot in addition to the capacity, or returns null if the channel refuses or the pool
     * is closed. Closing the pool waits for {@link #returnBorrowed}.
     */
    public synchronized Slot borrow() {
        Slot slot = channel.isOpen() ? anotherSlot() : null;
        borrowed += slot == null ? 0 : 1;
        return slot;
    }

    public synchronized void returnBorrowed(Slot slot) {
        borrowed--;
        spare.add(slot);
    }

    private Slot anotherSlot() {
        if (!spare.isEmpty()) {
            return spare.removeLast();
        }
        try {
            return make();
        } catch (SlotRefusedException | OutOfMemoryError e) {
            return null;
        }
    }

    /** Frees the overdue slots that the device has answered. Returns the number of the rest. */
    public int collectOverdue() {
        if (overdueCount == 0) {
            return 0;
        }
        synchronized (this) {
            for (int i = overdue.size() - 1; i >= 0; i--) {
                if (collected(overdue.get(i))) {
                    overdue.remove(i);
                }
            }
            overdueCount = overdue.size();
            return overdueCount;
        }
    }

    private boolean collected(Slot slot) {
        // If the heap was full in an earlier call, the slot has its answer.
        if (slot.isSubmitted() && slot.check() == Slot.IN_FLIGHT) {
            return false;
        }
        slot.reset();
        if (Arrays.asList(slots).contains(slot)) {
            give(slot);
        } else {
            TAKEN.setRelease(slot, FREE);
            spare.add(slot);
        }
        return true;
    }

    public Channel channel() {
        return channel;
    }

    /** Returns the channel's refusal to create the last slot, or null. */
    public SlotRefusedException refusal() {
        return refusal;
    }

    public int capacity() {
        return slots.length;
    }

    /** Returns the number of lent slots, or 0 after the pool is closed. */
    public synchronized int lent() {
        int lent = 0;
        for (int i = retired; i < slots.length; i++) {
            if (slots[i] != null && slots[i].taken == LENT) {
                lent++;
            }
        }
        return lent;
    }

    /** Returns the native memory of the slots and their batches in bytes, or 0 after the close. */
    public synchronized long nativeBytes() {
        return channel.isOpen() ? channel.nativeBytes() : 0;
    }

    /**
     * Retires the free slots. If all slots are retired, the method frees the memory. Returns {@code
     * false} while slots are lent. The caller then has to repeat the call.
     */
    public synchronized boolean tryClose() {
        while (retired < slots.length) {
            if (slots[retired] != null
                    && !TAKEN.compareAndSet(slots[retired], FREE, RETIRED)) {
                return false;
            }
            retired++; // Afterwards, no thread creates a slot for an empty place.
        }
        collectOverdue();
        if (borrowed > 0 || !overdue.isEmpty()) {
            return false;
        }
        channel.close();
        return true;
    }
}
