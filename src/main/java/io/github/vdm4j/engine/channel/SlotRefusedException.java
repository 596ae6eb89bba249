package io.github.vdm4j.engine.channel;

/** The exception of a channel that cannot make another slot. */
public class SlotRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** Creates an exception. */
    public SlotRefusedException(String message, int status) {
        super(message);
        this.status = status;
    }

    /**
     * Returns why the slot was refused.
     *
     * @return a status of the channel
     */
    public int status() {
        return status;
    }
}
