package io.github.vdm4j;

import io.github.vdm4j.machine.Seam;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of a mover's operations, the notes of first polls for the close of the mover, and
 * the epochs for drains. A thread counts in its own cell without an atomic operation. Threads
 * beyond the number of cells share slower counters.
 *
 * <p>A running operation counts for the epoch in which it began. An epoch ends when a drain finds
 * that the operations of the epoch before it have ended. Two counters therefore suffice, for the
 * even and for the odd epochs. A drain waits for the end of two epochs. Operations that begin
 * meanwhile count for later epochs, unless an earlier drain is still waiting.
 */
final class OperationTally {
    private static final int CELLS = 64;
    /** Two cache lines, because two threads must not write into the same line. */
    private static final int CELL_LENGTH = 16;

    // The places in a cell. The first place contains the number of the thread that owns the cell.
    /** The number of first polls that the owner of the cell is inside. */
    private static final int OWN_POLLS = 1;
    /** The same for all further threads of the cell. */
    private static final int OTHER_POLLS = 2;
    private static final int SUCCEEDED = 3;
    private static final int BYTES = 4;
    /** The started operations of even and of odd epochs that did not end in their first poll. */
    private static final int BEGUN = 5;
    private static final int FINISHED = 7;
    /** The operations of even and of odd epochs that have become complete since. */
    private static final int ENDED = 8;
    private static final int COUNTERS = 10;

    private static final long LOOK_NANOS = 50_000;

    private final AtomicLongArray cells = new AtomicLongArray(CELLS * CELL_LENGTH);
    private final LongAdder[] shared = new LongAdder[COUNTERS];
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();
    /** The current epoch. Writes are guarded by this. */
    private volatile long epoch = 1;

    OperationTally() {
        for (int counter = SUCCEEDED; counter < COUNTERS; counter++) {
            shared[counter] = new LongAdder();
        }
    }

    /**
     * Notes that a thread enters a first poll. The thread then reads whether the mover is closed. A
     * thread that closes the mover therefore sees the note, or the poll sees the closed mover.
     *
     * @return the place of the note, for {@link #leave}
     */
    int enter() {
        int cell = cell();
        int place = cell >= 0 ? cell + OWN_POLLS
                : placeOf(Thread.currentThread().threadId()) + OTHER_POLLS;
        cells.getAndIncrement(place);
        return place;
    }

    /** Notes that the thread leaves a first poll. */
    void leave(int place) {
        if (place % CELL_LENGTH == OWN_POLLS) {
            cells.setRelease(place, cells.getPlain(place) - 1);
        } else {
            cells.getAndDecrement(place);
        }
    }

    /** Counts an operation that is still running after its first poll. Returns its epoch. */
    long begun() {
        long began = epoch;
        Seam.step();
        add(cell(), BEGUN + (int) (began & 1), 1);
        return began;
    }

    void succeeded(long size, boolean begun) {
        int cell = cell();
        if (begun) {
            add(cell, FINISHED, 1);
        }
        add(cell, SUCCEEDED, 1);
        add(cell, BYTES, size);
    }

    void failed(boolean begun) {
        if (begun) {
            add(cell(), FINISHED, 1);
        }
        failed.increment();
    }

    /** Counts the end of an operation of an epoch. The operation is complete. */
    void ended(long began) {
        add(cell(), ENDED + (int) (began & 1), 1);
    }

    /** Marks the operations that have begun, for {@link #isPast}. The mark is positive. */
    synchronized long mark() {
        return epoch + 2;
    }

    /** Returns whether the operations that had begun when a mark was made are complete. */
    synchronized boolean isPast(long mark) {
        while (epoch < mark && haveEnded(epoch - 1)) {
            epoch++;
        }
        return epoch >= mark;
    }

    /** Returns whether all operations of the even or of the odd epochs are complete. */
    private boolean haveEnded(long epochs) {
        int parity = (int) (epochs & 1);
        long ended = sum(ENDED + parity); // An operation that ends after this read is not complete.
        return ended == sum(BEGUN + parity);
    }

    void retried() {
        retried.increment();
    }

    /** Returns the place of the current thread's cell, or -1 if another thread owns that cell. */
    private int cell() {
        long thread = Thread.currentThread().threadId();
        int cell = placeOf(thread);
        long owner = cells.getPlain(cell);
        return owner == thread || owner == 0 && cells.compareAndSet(cell, 0, thread) ? cell : -1;
    }

    private static int placeOf(long thread) {
        return (int) (thread * 0x9E3779B97F4A7C15L >>> Long.SIZE - 6) * CELL_LENGTH;
    }

    private void add(int cell, int counter, long number) {
        if (cell >= 0) {
            // A thread that sees the end of an operation also sees its beginning.
            cells.setRelease(cell + counter, cells.getPlain(cell + counter) + number);
        } else {
            shared[counter].add(number);
        }
    }

    /**
     * Waits until the threads that are inside a first poll have left it. The mover is closed.
     * Therefore later polls start nothing.
     *
     * @param deadline the value of {@link Seam#nanoTime} at which the wait ends
     * @return whether they have left it by then
     */
    boolean awaitPolls(long deadline) {
        boolean interrupted = false;
        boolean inTime = true;
        for (int cell = 0; cell < cells.length(); cell += CELL_LENGTH) {
            while (cells.get(cell + OWN_POLLS) != 0 || cells.get(cell + OTHER_POLLS) != 0) {
                inTime = Seam.nanoTime() - deadline < 0;
                if (!inTime) {
                    break;
                }
                Seam.parkNanos(this, LOOK_NANOS);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return inTime;
    }

    MoverCounters sum() {
        // Reads the ended operations first. An operation that ends after this read counts only for
        // the operations in flight.
        long finished = sum(FINISHED);
        long inFlight = Math.max(0, sum(BEGUN) + sum(BEGUN + 1) - finished);
        long succeeded = sum(SUCCEEDED);
        long bytes = sum(BYTES);
        long broken = failed.sum();
        return new MoverCounters(
                succeeded + broken + inFlight, succeeded, broken, retried.sum(), bytes, inFlight);
    }

    private long sum(int counter) {
        long sum = shared[counter].sum();
        for (int cell = 0; cell < cells.length(); cell += CELL_LENGTH) {
            sum += cells.getAcquire(cell + counter);
        }
        return sum;
    }
}
