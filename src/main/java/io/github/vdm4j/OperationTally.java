package io.github.vdm4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of a mover's operations. A thread counts in its own cell without an atomic
 * operation. Threads beyond the number of cells share a slower counter.
 */
final class OperationTally {
    private static final int CELLS = 64;
    private static final int SHIFT = Long.SIZE - 6;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(Cell[].class);
    private static final VarHandle ENDED = counter("ended");
    private static final VarHandle BYTES = counter("bytes");
    private static final VarHandle BEGUN = counter("begun");
    private static final VarHandle FINISHED = counter("finished");

    /**
     * The cell of a thread. Only this thread writes it. It is as long as two cache lines, because
     * two threads must not write into the same line.
     */
    private static final class Cell {
        final long owner;
        long ended;
        long bytes;
        long begun;
        long finished;

        @SuppressWarnings("unused") // Padding.
        long a, b, c, d, e, f, g, h, i;

        Cell(long owner) {
            this.owner = owner;
        }
    }

    /**
     * The cells. A thread reads its cell without a fence. If it does not see its own cell yet, it
     * reads again with a fence.
     */
    private final Cell[] cells = new Cell[CELLS];

    private final LongAdder ended = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();

    /** The started operations that did not end in their first poll. */
    private final LongAdder begun = new LongAdder();

    private final LongAdder finished = new LongAdder();

    private static VarHandle counter(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Cell.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Counts an operation that is still running after its first poll. */
    void begun() {
        Cell cell = cell();
        if (cell != null) {
            BEGUN.setOpaque(cell, cell.begun + 1);
        } else {
            begun.increment();
        }
    }

    /** Counts an operation that has succeeded. */
    void succeeded(long size, boolean inFirstPoll) {
        if (!inFirstPoll) {
            finished();
        }
        Cell cell = cell();
        if (cell != null) {
            ENDED.setOpaque(cell, cell.ended + 1);
            BYTES.setOpaque(cell, cell.bytes + size);
        } else {
            ended.increment();
            bytes.add(size);
        }
    }

    private void finished() {
        Cell cell = cell();
        if (cell != null) {
            // A thread that sees this write also sees that the operation has begun.
            FINISHED.setRelease(cell, cell.finished + 1);
        } else {
            finished.increment();
        }
    }

    /** Returns the cell of the current thread, or null if another thread has it. */
    private Cell cell() {
        long thread = Thread.currentThread().threadId();
        int place = (int) (thread * 0x9E3779B97F4A7C15L >>> SHIFT);
        Cell cell = cells[place];
        return cell != null && cell.owner == thread ? cell : newCell(thread, place);
    }

    private Cell newCell(long thread, int place) {
        try {
            if (CELL.getVolatile(cells, place) == null) {
                var mine = new Cell(thread);
                if (CELL.compareAndSet(cells, place, null, mine)) {
                    return mine;
                }
            }
        } catch (OutOfMemoryError e) { // The shared counters need no memory.
        }
        return null;
    }

    /** Counts a started operation that has failed. */
    void failed(boolean inFirstPoll) {
        if (!inFirstPoll) {
            finished();
        }
        failed.increment();
    }

    /** Counts a retry of a part. */
    void retried() {
        retried.increment();
    }

    /** Returns the current counts. */
    MoverCounters sum() {
        // Reads the ended operations first. An operation that ends after this read counts only for
        // the operations in flight.
        long over = finished.sum() + sum(FINISHED);
        long inFlight = Math.max(0, begun.sum() + sum(BEGUN) - over);
        long succeeded = ended.sum() + sum(ENDED);
        long size = bytes.sum() + sum(BYTES);
        long broken = failed.sum();
        return new MoverCounters(
                succeeded + broken + inFlight, succeeded, broken, retried.sum(), size, inFlight);
    }

    private long sum(VarHandle counter) {
        long sum = 0;
        for (int i = 0; i < CELLS; i++) {
            Cell cell = (Cell) CELL.getVolatile(cells, i);
            if (cell != null) {
                sum += (long) counter.getAcquire(cell);
            }
        }
        return sum;
    }
}
