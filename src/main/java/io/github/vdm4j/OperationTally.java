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
    private static final VarHandle ENDED;
    private static final VarHandle BYTES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            ENDED = lookup.findVarHandle(Cell.class, "ended", long.class);
            BYTES = lookup.findVarHandle(Cell.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The cell of a thread. Only this thread writes it. It is as long as two cache lines, because
     * two threads must not write into the same line.
     */
    private static final class Cell {
        final long owner;
        long ended;
        long bytes;

        @SuppressWarnings("unused") // Padding.
        long a, b, c, d, e, f, g, h, i, j, k;

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

    /** Counts an operation that is still running after its first poll. */
    void begun() {
        begun.increment();
    }

    /** Counts an operation that has succeeded. */
    void succeeded(long size, boolean inFirstPoll) {
        if (!inFirstPoll) {
            finished.increment();
        }
        long thread = Thread.currentThread().threadId();
        int place = (int) (thread * 0x9E3779B97F4A7C15L >>> SHIFT);
        Cell cell = cells[place];
        if (cell != null && cell.owner == thread) {
            ENDED.setOpaque(cell, cell.ended + 1);
            BYTES.setOpaque(cell, cell.bytes + size);
        } else {
            succeededElsewhere(thread, place, size);
        }
    }

    private void succeededElsewhere(long thread, int place, long size) {
        if (CELL.getVolatile(cells, place) == null) {
            var mine = new Cell(thread);
            mine.ended = 1;
            mine.bytes = size;
            if (CELL.compareAndSet(cells, place, null, mine)) {
                return;
            }
        }
        ended.increment();
        bytes.add(size);
    }

    /** Counts a started operation that has failed. */
    void failed(boolean inFirstPoll) {
        if (!inFirstPoll) {
            finished.increment();
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
        long over = finished.sum();
        long inFlight = Math.max(0, begun.sum() - over);
        long succeeded = ended.sum();
        long size = bytes.sum();
        for (int i = 0; i < CELLS; i++) {
            Cell cell = (Cell) CELL.getVolatile(cells, i);
            if (cell != null) {
                succeeded += (long) ENDED.getOpaque(cell);
                size += (long) BYTES.getOpaque(cell);
            }
        }
        long broken = failed.sum();
        return new MoverCounters(
                succeeded + broken + inFlight, succeeded, broken, retried.sum(), size, inFlight);
    }
}
