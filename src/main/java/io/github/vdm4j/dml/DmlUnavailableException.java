package io.github.vdm4j.dml;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.mover.UnavailableException;
import java.io.Serializable;
import java.util.List;

/**
 * Thrown if Intel DML cannot be opened. The message lists every attempt with the dynamic loader's
 * error message, or the features that the processor lacks. A later attempt may succeed.
 */
public final class DmlUnavailableException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    /**
     * An attempt to open DML at one place.
     *
     * @param place the processor, a property, an environment variable, a name or a path
     * @param outcome the reason of the failure, possibly the dynamic loader's error message
     */
    public record Attempt(String place, String outcome) implements Serializable {}

    /** The attempts in their order. */
    @SuppressWarnings("serial") // List.copyOf returns serializable lists.
    private final List<Attempt> attempts;

    DmlUnavailableException(List<Attempt> attempts) {
        super("Intel DML is not available. Tried:",
                attempts.stream()
                        .map(attempt -> attempt.place() + ": " + attempt.outcome())
                        .toList(),
                FailureName.DML_UNAVAILABLE.endOf(
                        "ThreadsDataMover and SyncDataMover do not need DML. To install DML, see"
                                + " docs/install-dml.md."));
        this.attempts = List.copyOf(attempts);
    }

    /** {@return the attempts in their order, at least one} */
    public List<Attempt> attempts() {
        return attempts;
    }
}
