package io.github.vdm4j.mover;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown if a mover does not work on this machine. The message lists the reasons and ends with a
 * remedy. A later attempt may succeed.
 */
public abstract class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message without the remedy. */
    private final String reasons;

    /**
     * Creates an exception.
     *
     * @param failure what does not work
     * @param reasons the reasons, one a line
     * @param remedy what a program can do, and the name of the failure
     */
    protected UnavailableException(String failure, List<String> reasons, String remedy) {
        super(text(failure, reasons) + "\n" + remedy);
        this.reasons = text(failure, reasons);
    }

    private static String text(String failure, List<String> reasons) {
        return reasons.stream()
                .map(reason -> "\n  " + reason)
                .collect(Collectors.joining("", failure, ""));
    }

    /** {@return the message without the remedy} */
    public final String reasons() {
        return reasons;
    }
}
