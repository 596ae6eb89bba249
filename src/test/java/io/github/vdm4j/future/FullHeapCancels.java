package io.github.vdm4j.future;

import io.github.vdm4j.Operation;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.MemorySegment;

/** A program that cancels futures, and prepares and abandons operations, in a full heap. */
final class FullHeapCancels {
    static final String WORKS = "every call has cancelled its future or left it idle";

    /** The links of a list that fills the heap. */
    private record Link(Link next) {}

    private static volatile Link links;

    private FullHeapCancels() {}

    /** Fills the heap, except for some links. */
    static void fill(int spare) {
        // The heap is not full after the first errors, because the JVM frees their memory.
        for (int errors = 0; errors < 10;) {
            try {
                links = new Link(links);
            } catch (OutOfMemoryError e) {
                errors++;
            }
        }
        for (int i = 0; i < spare; i++) {
            links = links.next;
        }
    }

    static void free() {
        links = null;
    }

    private static PollableFuture<String> future() {
        return new TaskFuture<>((notifier, sink) -> FutureState.RUNNING);
    }

    /** Returns whether the heap had the memory to cancel a future. */
    private static boolean cancel(int spare) {
        PollableFuture<String> future = future();
        boolean cancelled = false;
        fill(spare);
        try {
            cancelled = future.cancel();
        } catch (OutOfMemoryError e) {
            // The future must stay idle.
        } finally {
            links = null;
        }
        FutureState expected = cancelled ? FutureState.COMPLETE : FutureState.IDLE;
        if (future.state() != expected) {
            throw new AssertionError(future.state() + " after " + cancelled + ", spare: " + spare);
        }
        return cancelled;
    }

    private static VdmResult abandon(Operation<?> task) {
        fill(0);
        try {
            task.abandon(0, task);
        } finally {
            links = null;
        }
        return task.recordedResult();
    }

    /** Returns whether the heap had the memory to prepare an operation with further operands. */
    private static boolean prepare(Vdm mover, int spare) {
        MemorySegment memory = MemorySegment.ofArray(new byte[8]);
        VdmOperation operation = mover.newOperation().memset(memory, (byte) 1, VdmFlags.NONE);
        operation.busyPoll();
        boolean prepared = false;
        fill(spare);
        try {
            operation.comparePattern(memory, 1);
            prepared = true;
        } catch (OutOfMemoryError e) {
            // The operation must stay complete.
        } finally {
            links = null;
        }
        if (operation.poll() != FutureState.COMPLETE) {
            throw new AssertionError("no end after " + prepared + ", spare: " + spare);
        }
        operation.memset(memory, (byte) 2, VdmFlags.NONE).busyPoll();
        return prepared;
    }

    public static void main(String[] arguments) {
        future().cancel(); // It loads the classes.
        try (var mover = SyncDataMover.open()) {
            ((Operation<?>) mover.nop()).abandon(0, (Operation<?>) mover.nop());
            VdmResult abandoned = abandon((Operation<?>) mover.nop());
            if (abandoned != VdmResult.OUT_OF_MEMORY) {
                throw new AssertionError(abandoned);
            }
            for (int spare = 0; !prepare(mover, spare); spare++) {
                // The loop ends when the heap has enough memory.
            }
        }
        int rejected = 0;
        while (!cancel(rejected)) {
            rejected++;
        }
        System.out.println(rejected > 0 ? WORKS : "the heap was never full");
    }
}
