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
 * The operations of a mover that wait for a slot. A thread that frees a slot gives it to the
 * operation that has waited longest.
 */
final class SlotQueue {
    private static final IdleStrategy IDLE = IdleStrategy.backOff();
    /** The largest number of operations that a thread submits for other callers at a time. */
    private static final int MOST_HAND_OFFS = 8;

    private final EnginePlan plan;
    private final EngineFailures failures;
    private final SlotPool pool;
    private final CompletionThread completions;
    private final PendingList pending = new PendingList();
    /** The number of open requests. The thread that raises it from 0 to 1 serves all requests. */
    private final AtomicInteger handOffs = new AtomicInteger();
    /** A field, because a request must not allocate. */
    private final Runnable handingOff = this::serveHandOffs;

    SlotQueue(EnginePlan plan, EngineFailures failures) {
        this.plan = plan;
        this.failures = failures;
        pool = plan.pool();
        completions = new CompletionThread(plan.threadPrefix(), this::serve);
    }

    PendingList pending() {
        return pending;
    }

    CompletionThread completions() {
        return completions;
    }

    /** Takes a free slot, or returns null. The method first polls the operations in flight. */
    Slot takeSlot() {
        Slot slot = pool.take();
        if (slot == null) {
            finishAbandoned();
            slot = pool.take();
        }
        return slot;
    }

    /** Adds an operation to the list, or ends it if the list is full or closed. */
    void add(Operation<?> operation) {
        operation.handOver();
        if (pending.add(operation, plan.mostPending())) {
            handOff();
            return;
        }
        if (pending.isClosed()) {
            operation.failClosed();
        } else {
            failures.full(operation, plan.mostPending());
        }
        operation.complete();
    }

    void handOff() {
        Seam.step();
        if (!pending.isEmpty() && handOffs.getAndIncrement() == 0) {
            Operation.beforeCallbacks(handingOff);
        }
    }

    /** Serves all requests, including the requests that arrive during the call. */
    private void serveHandOffs() {
        int handedOff = 0;
        int requests = 1;
        do {
            try {
                while (handedOff < MOST_HAND_OFFS && handOffOne()) {
                    handedOff++;
                }
            } catch (Throwable e) { // No slot was taken. The completion thread tries again.
                LibraryThread.report(e);
                handedOff = MOST_HAND_OFFS;
            }
            Seam.step();
            requests = handOffs.addAndGet(-requests);
        } while (requests != 0);
        if (handedOff == MOST_HAND_OFFS && !pending.isEmpty()) {
            completions.servePending();
        }
    }

    private boolean handOffOne() {
        if (pending.isEmpty()) {
            return false;
        }
        Slot slot = pool.take();
        if (slot == null) {
            return false;
        }
        Seam.step();
        Operation<?> next = pending.take();
        if (next == null) {
            pool.give(slot);
            Seam.step();
            return false;
        }
        next.attach(slot);
        next.resumeHere();
        return true;
    }

    /** Serves the waiting operations. Returns {@code true} if an operation waited. */
    boolean serve() {
        if (pending.isEmpty()) {
            return false;
        }
        finishAbandoned();
        handOff();
        return true;
    }

    /** Polls the operations in flight, because the program may have dropped their futures. */
    void finishAbandoned() {
        pool.collectOverdue();
        if (plan.hasDevice()) {
            plan.health().finish();
        }
        for (int i = 0; i < pool.capacity(); i++) {
            Slot slot = pool.peek(i);
            Operation<?> operation = slot == null ? null : slot.owner();
            if (operation != null) {
                try {
                    operation.advanceIfRunning();
                } catch (WrongThreadException e) {
                    // The owner of the confined memory continues it.
                }
            }
        }
    }

    /** Ends the operations that wait for a slot, and returns their number. */
    int refusePending() {
        int refused = 0;
        for (Operation<?> next = pending.take(); next != null; next = pending.take()) {
            next.failClosed();
            next.complete();
            refused++;
        }
        return refused;
    }

    /** Executes the waiting operations. At the deadline, the rest ends with CLOSED. */
    void finish(long deadline) {
        for (int round = 0; !pending.isEmpty() && Seam.nanoTime() - deadline < 0; round++) {
            finishAbandoned();
            handOff();
            IDLE.idle(round);
        }
        refusePending();
    }
}
