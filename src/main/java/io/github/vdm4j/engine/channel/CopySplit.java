package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.PageFaults;

/**
 * The division of one copy. The device copies from the beginning of the range, and a thread copies
 * pieces from its end, until both meet.
 */
final class CopySplit {
    private static final long MOST_IN_ONE_POLL = 16L << 20;

    /** The share of the mover, or null if the device copies all bytes. */
    private CopyShare share;

    /** Whether the thread had no bytes to copy during the current part. */
    private boolean threadWaits;

    /** Whether the device has to wait for the thread after the current part. */
    private boolean deviceWaits;

    /** The progress of a divided copy, or null. Further threads read this field. */
    private volatile CopyProgress progress;

    /** Begins a copy of which the device copies all bytes. */
    void begin() {
        share = null;
    }

    void begin(Operation<?> copy, CopyShare adapted) {
        share = adapted;
        progress = new CopyProgress(copy);
    }

    void clear() {
        if (progress != null) { // A volatile write takes longer than this check.
            progress = null;
        }
    }

    CopyProgress progress() {
        return progress;
    }

    void publish(long bytes) {
        CopyProgress current = progress;
        if (current != null) {
            current.set(bytes);
        }
    }

    /** Returns the number of the remaining bytes that the device should copy. */
    long most(long left) {
        return share == null ? left : share.of(left);
    }

    /** Records the submission of a part. The limit of a submission may have shortened the part. */
    void submits(long part, long most, long left) {
        threadWaits = share != null && part < left;
        deviceWaits = threadWaits && part == most;
    }

    void deviceEnded(long left) {
        if (deviceWaits && left > 0) {
            share.deviceWaited();
        }
        deviceWaits = false;
    }

    /** Records a page fault. Such a part ends too early for a comparison of both sides. */
    void faulted() {
        threadWaits = false;
        deviceWaits = false;
    }

    /** Copies a piece at the end of a range. Returns its bytes, or 0 if the thread has to wait. */
    long copyPiece(Segments segments, long begin, long end) {
        if (share == null) {
            return 0;
        }
        if (begin == end) {
            if (threadWaits) {
                threadWaits = false;
                share.threadWaited();
            }
            return 0;
        }
        long bytes = Math.min(end - begin, CopyShare.PIECE);
        try {
            segments.move(end - bytes, bytes, (byte) 0);
            PageFaults.deliver();
            return bytes;
        } catch (IllegalStateException | WrongThreadException | InternalError e) {
            faulted();
            share = null; // The device copies the rest, and its submission reports the reason.
            return 0;
        }
    }

    /** Returns whether a poll copies another piece after a piece at an offset. */
    static boolean continues(long offset, long piece) {
        return piece > 0 && offset / MOST_IN_ONE_POLL == (offset + piece) / MOST_IN_ONE_POLL;
    }
}
