package io.github.vdm4j.dsa.portal;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The state and the counters of a work queue for one mover.
 *
 * <p>After a queue is lost, the mover does not use it for a pause. Then the mover opens its file
 * again. The next submission shows whether the queue works.
 */
public final class QueueState {
    static final long SHORTEST_PAUSE_NANOS = 100_000_000L;
    static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    private static final int SIZES = 6;
    /** The base-2 logarithm of the first limit. Each further limit is four times larger. */
    private static final int FIRST_SIZE = 12;

    private final WorkQueue queue;
    private final LongSupplier clock;

    // The counters, see DsaQueue.
    public final LongAdder submitted = new LongAdder();
    public final LongAdder completed = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder pageFaults = new LongAdder();
    public final LongAdder full = new LongAdder();
    public final LongAdder bytes = new LongAdder();
    public final LongAdder[] sizes = new LongAdder[SIZES];

    /** The status that made the queue lost, or 0 while the queue is usable. */
    private volatile int lost;

    // Guarded by this.
    private long pause = SHORTEST_PAUSE_NANOS;
    private long retryAt;
    private boolean reopened;

    QueueState(WorkQueue queue, LongSupplier clock) {
        this.queue = queue;
        this.clock = clock;
        Arrays.setAll(sizes, i -> new LongAdder());
    }

    public WorkQueue queue() {
        return queue;
    }

    /** Submits one descriptor. Returns 0 if the queue accepted it, or the negative error number. */
    int submit(SlotMemory memory) {
        if (lost != 0 && !mayRetry()) {
            return lost;
        }
        int error = queue.queue().submit(memory);
        if (error == 0) {
            submitted.increment();
            if (lost != 0) {
                found();
            }
        } else if (error == DsaStatus.EAGAIN) {
            full.increment();
        } else {
            failed.increment();
            if (isLost(error)) {
                lose(error);
            }
        }
        return error;
    }

    private static boolean isLost(int error) {
        return switch (error) {
            case DsaStatus.EPERM, DsaStatus.EIO, DsaStatus.ENXIO, DsaStatus.EBADF, DsaStatus.ENODEV,
                    DsaStatus.ENOTCONN ->
                true;
            default -> false;
        };
    }

    private synchronized void lose(int error) {
        if (lost != 0) {
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
        lost = error;
        reopened = false;
        retryAt = clock.getAsLong() + pause;
    }

    private synchronized void found() {
        lost = 0;
        pause = SHORTEST_PAUSE_NANOS;
    }

    /** Starts to open the file again after the pause. Returns whether the queue can be tried. */
    private synchronized boolean mayRetry() {
        if (lost == 0) {
            return true;
        }
        if (clock.getAsLong() - retryAt < 0) {
            return false;
        }
        if (!reopened) {
            reopened = true;
            queue.queue().reopen();
        }
        return !queue.queue().isReopening();
    }

    /** Records that the device has not answered in time. */
    void timedOut() {
        failed.increment();
        lose(DsaStatus.ETIMEDOUT);
    }

    void completed(SlotMemory memory, int status, long moved) {
        memory.returnCredit();
        switch (status) {
            case DsaStatus.SUCCESS, DsaStatus.FALSE_PREDICATE, DsaStatus.DIF_ERROR -> {
                completed.increment();
                bytes.add(moved);
                sizes[sizeOf(moved)].increment();
            }
            case DsaStatus.PAGE_FAULT, DsaStatus.PAGE_REFUSED -> pageFaults.increment();
            default -> failed.increment();
        }
    }

    private static int sizeOf(long bytes) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(bytes >>> FIRST_SIZE);
        return Math.min(bits + 1 >> 1, SIZES - 1);
    }

    /** Returns why the queue accepts no submissions, or null while it accepts them. */
    public DsaStatus lost() {
        int error = lost;
        return error == 0 ? null : DsaStatus.of(error);
    }
}
