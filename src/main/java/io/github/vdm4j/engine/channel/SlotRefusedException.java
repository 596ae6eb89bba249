package io.github.vdm4j.engine.channel;

/** Thrown if a channel cannot create another slot. */
public final class SlotRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public SlotRefusedException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** Returns the status of the channel. */
    public int status() {
        return status;
    }
}
