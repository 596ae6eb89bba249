package io.github.vdm4j.engine.channel;

/**
 * The share of a long copy that the device executes while the awaiting thread executes the rest.
 * The share shrinks if the thread has waited for the device. It grows if the device has ended
 * first. All copies of a mover use the same share.
 */
public final class CopyShare {
    /** The length in bytes of a piece. The thread checks the device after each piece. */
    static final long PIECE = 32 << 10;

    /** The longest rest of a copy in bytes that the device executes alone. */
    private static final long UNDIVIDED = 2 * PIECE;

    private static final int WHOLE = 64;

    /** The device's share in parts of {@link #WHOLE}. Concurrent updates may be lost. */
    private volatile int device = WHOLE / 2;

    long of(long bytes) {
        return bytes <= UNDIVIDED ? bytes : Math.max(bytes / WHOLE * device & -Part.LINE, PIECE);
    }

    /** Records that the thread had no bytes to copy while the device was working. */
    void threadWaited() {
        device = Math.max(device - 1, 1);
    }

    /** Records that the device ended while the thread still had bytes to copy. */
    void deviceWaited() {
        device = Math.min(device + 1, WHOLE - 1);
    }
}
