package io.github.vdm4j.engine.channel;

/**
 * The share of a long copy that the device executes while the thread that awaits the copy executes
 * the rest. The share adapts: it shrinks when the thread waited for the device, and grows when the
 * device ended first. All copies of a mover have one share.
 */
public final class CopyShare {
    /** The thread checks the device after each piece of this length. */
    static final long PIECE = 32 << 10;

    /** The device gets the rest of a copy as a whole if it is not longer. */
    private static final long UNDIVIDED = 2 * PIECE;

    private static final int WHOLE = 64;
    private static final long LINE = 64;

    /** In parts of {@link #WHOLE}. Two threads may adapt it at once, and an update may be lost. */
    private volatile int device = WHOLE / 2;

    /** Makes a share of one half. */
    public CopyShare() {}

    /** Returns how many of the next bytes the device copies. */
    long of(long bytes) {
        return bytes <= UNDIVIDED ? bytes : Math.max(bytes / WHOLE * device & -LINE, PIECE);
    }

    /** The thread had nothing left to copy while the device was at work. */
    void threadWaited() {
        device = Math.max(device - 1, 1);
    }

    /** The device ended while the thread had something left to copy. */
    void deviceWaited() {
        device = Math.min(device + 1, WHOLE - 1);
    }
}
