package io.github.vdm4j.engine;

import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The operations of a mover that wait for a slot. A thread that frees a slot hands it off to the
 * operation that has waited longest.
 */
final class SlotQueue {
    private static final IdleStrategy IDLE = IdleStrategy.backOff();
    /** How many operations of other callers a thread submits in a row. */
    private static final int MOST_HAND_OFFS = 8;

    private final EnginePlan plan;
    private final SlotPool pool;
    private final CompletionThread completions;
    private final PendingList pending = new PendingList();
    /** The number of requests to hand off; the thread that made it 1 serves all of them. */
    private final AtomicInteger handOffs = new AtomicInteger();
    /** Kept, because handing off must not allocate. */
    private final Runnable handingOff = this::serveHandOffs;

    SlotQueue(EnginePlan plan) {
        this.plan = plan;
        pool = plan.pool();
        completions = new CompletionThread(plan.threadPrefix(), this::serve);
    }

    PendingList pending() {
        return pending;
    }

    /** Returns the thread that also serves this queue. */
    CompletionThread completions() {
        return completions;
    }

    /** Gives the free slots to the operations that wait. */
    void handOff() {
        Seam.at("free and look");
        if (!pending.isEmpty() && handOffs.getAndIncrement() == 0) {
            Operation.beforeCallbacks(handingOff);
        }
    }

    /** Serves all requests, also those that arrive during the call. */
    private void serveHandOffs() {
        int handedOff = 0;
        int requests = 1;
        do {
            try {
                while (handedOff < MOST_HAND_OFFS && handOffOne()) {
                    handedOff++;
                }
            } catch (Throwable e) { // no slot was taken; another thread tries again
                LibraryThread.report(e);
                handedOff = MOST_HAND_OFFS;
            }
            Seam.at("look and count");
            requests = handOffs.addAndGet(-requests);
        } while (requests != 0);
        if (handedOff == MOST_HAND_OFFS && !pending.isEmpty()) {
            completions.servePending();
        }
    }

    /** Gives a free slot to the operation that has waited longest. */
    private boolean handOffOne() {
        if (pending.isEmpty()) {
            return false;
        }
        Slot slot = pool.take();
        if (slot == null) {
            return false;
        }
        Seam.at("slot and operation");
        Operation<?> next = pending.take();
        if (next == null) {
            pool.give(slot);
            Seam.at("give and look");
            return false;
        }
        next.attach(slot);
        next.takeOver();
        return true;
    }

    /** Serves the operations that wait. Returns {@code true} if some did. */
    boolean serve() {
        if (pending.isEmpty()) {
            return false;
        }
        finishAbandoned();
        handOff();
        return true;
    }

    /** Polls the operations in flight. Those with dropped futures then return their slots. */
    void finishAbandoned() {
        pool.collectOverdue();
        if (plan.hasDevice()) {
            plan.health().finish();
        }
        for (int i = 0; i < pool.capacity(); i++) {
            Slot slot = pool.peek(i);
            if (slot != null && slot.owner() instanceof Operation<?> operation) {
                try {
                    operation.advanceIfRunning();
                } catch (WrongThreadException e) {
                    // its own thread will continue it
                }
            }
        }
    }

    /** Ends the operations that wait for a slot. Returns their number. */
    int refusePending() {
        int refused = 0;
        for (Operation<?> next = pending.take(); next != null; next = pending.take()) {
            next.failClosed();
            next.complete();
            refused++;
        }
        return refused;
    }

    /** Lets the operations that wait run. Those that still wait at the deadline end with CLOSED. */
    void finish(long start) {
        for (int round = 0; !pending.isEmpty() && plan.closeNanosLeft(start) > 0; round++) {
            finishAbandoned();
            handOff();
            IDLE.idle(round);
        }
        refusePending();
    }
}
