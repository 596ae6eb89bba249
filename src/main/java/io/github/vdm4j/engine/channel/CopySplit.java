package io.github.vdm4j.engine.channel;

import io.github.vdm4j.machine.PageFaults;
import java.lang.foreign.MemorySegment;

/**
 * The division of one copy. The device copies from the beginning of the range, and a thread copies
 * pieces from its end, until both meet.
 */
final class CopySplit {
    /** How much a thread copies in one poll. */
    private static final long MOST_IN_ONE_POLL = 16L << 20;

    /** Null if the device copies everything. */
    private CopyShare share;

    /** Whether a thread that waits for the current part had nothing else to copy. */
    private boolean threadWaits;

    /** Whether the device waits for the thread when it has ended the current part. */
    private boolean deviceWaits;

    CopySplit() {}

    /** Begins a copy. Null leaves everything to the device. */
    void begin(CopyShare adapted) {
        share = adapted;
    }

    /** Returns how many of the bytes that are left the device should get. */
    long most(long left) {
        return share == null ? left : share.of(left);
    }

    /** Records that the device gets a part, which the limit of a submission may have shortened. */
    void submits(long part, long most, long left) {
        threadWaits = share != null && part < left;
        deviceWaits = threadWaits && part == most;
    }

    /** Records that the device has ended its part. */
    void deviceEnded(long left) {
        if (deviceWaits && left > 0) {
            share.deviceWaited();
        }
        deviceWaits = false;
    }

    /** Records a page fault, which ends a part too early to compare the sides. */
    void faulted() {
        threadWaits = false;
        deviceWaits = false;
    }

    /**
     * Copies a piece from the end of what is left.
     *
     * @param begin where the part of the device ends
     * @param end where the thread has copied to
     * @return how many bytes were copied; 0 if the thread has to wait
     */
    long copyPiece(MemorySegment source, MemorySegment destination, long begin, long end) {
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
            MemorySegment.copy(source, end - bytes, destination, end - bytes, bytes);
            PageFaults.deliver();
            return bytes;
        } catch (IllegalStateException | WrongThreadException | InternalError e) {
            faulted();
            share = null; // the device gets the rest, and its submission reports the reason
            return 0;
        }
    }

    /** Returns whether a poll that has copied a piece down to an offset copies another. */
    static boolean continues(long offset, long piece) {
        return piece > 0 && offset / MOST_IN_ONE_POLL == (offset + piece) / MOST_IN_ONE_POLL;
    }
}
