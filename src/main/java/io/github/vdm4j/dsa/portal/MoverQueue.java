package io.github.vdm4j.dsa.portal;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A work queue of one mover, with the mover's counters.
 *
 * <p>After a queue is lost, the mover does not use it for a pause. Then the mover opens its file
 * again. The next submission shows whether the queue works.
 */
public final class MoverQueue {
    static final long SHORTEST_PAUSE_NANOS = 100_000_000L;
    static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    private static final int SIZES = 6;
    /** The base-2 logarithm of the first limit. Each further limit is four times larger. */
    private static final int FIRST_SIZE = 12;

    private final OpenQueue open;
    private final QueueTraits traits;
    private final LongSupplier clock;

    // The counters, see DsaQueue.
    // A LongAdder can allocate. If the heap was full after the device has accepted a submission,
    // the slot would be lost.
    public final AtomicLong submitted = new AtomicLong();
    public final AtomicLong completed = new AtomicLong();
    public final AtomicLong failed = new AtomicLong();
    public final AtomicLong pageFaults = new AtomicLong();
    public final AtomicLong full = new AtomicLong();
    public final AtomicLong bytes = new AtomicLong();
    public final AtomicLong[] sizes = new AtomicLong[SIZES];

    /** The status that made the queue lost, or 0 while the queue is usable. */
    private volatile int lost;

    // Guarded by this.
    private long pause = SHORTEST_PAUSE_NANOS;
    private long retryAt;
    private boolean reopened;

    /**
     * Creates the queue of a mover.
     *
     * @param open the queue of the process. {@link #release} releases it
     * @param clock the clock for the pauses after a loss, in nanoseconds
     */
    public MoverQueue(OpenQueue open, QueueTraits traits, LongSupplier clock) {
        this.open = open;
        this.traits = traits;
        this.clock = clock;
        Arrays.setAll(sizes, i -> new AtomicLong());
    }

    public QueueTraits traits() {
        return traits;
    }

    /** Submits one descriptor. Returns 0 if the queue accepted it, or the negative error number. */
    int submit(Submission submission) {
        if (lost != 0 && !mayRetry()) {
            return lost;
        }
        int error = open.submit(submission);
        if (error == 0) {
            submitted.incrementAndGet();
            if (lost != 0) {
                recover();
            }
        } else if (error == DsaStatus.EAGAIN) {
            full.incrementAndGet();
        } else {
            failed.incrementAndGet();
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

    private synchronized void recover() {
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
            open.reopen();
        }
        return !open.isReopening();
    }

    /** Records that the device has not answered in time. */
    void timedOut() {
        failed.incrementAndGet();
        lose(DsaStatus.ETIMEDOUT);
    }

    void completed(int status, long moved) {
        switch (status) {
            case DsaStatus.SUCCESS, DsaStatus.FALSE_PREDICATE, DsaStatus.DIF_ERROR -> {
                completed.incrementAndGet();
                bytes.addAndGet(moved);
                sizes[sizeOf(moved)].incrementAndGet();
            }
            case DsaStatus.PAGE_FAULT, DsaStatus.PAGE_REFUSED -> pageFaults.incrementAndGet();
            default -> failed.incrementAndGet();
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

    /** Releases the queue of the process, see {@link OpenQueue#release}. */
    public void release(long nanos) {
        open.release(nanos);
    }
}
