package io.github.vdm4j.dml;

import io.github.vdm4j.machine.FailureName;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The exception of a failed opening of Intel DML. The message lists every attempt with the dynamic
 * loader's own words, or the features that the processor lacks. The next attempt can succeed.
 */
public final class DmlUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * One place that was tried.
     *
     * @param place the place: the processor, a property, an environment variable, a name, a path
     * @param outcome the reason why it failed, in the dynamic loader's words if it was asked
     */
    public record Attempt(String place, String outcome) implements java.io.Serializable {}

    /** The places where DML was looked for. */
    @SuppressWarnings("serial") // toList makes serializable ones
    private final List<Attempt> attempts;

    /** Creates an exception with the outcomes by place, in order. */
    DmlUnavailableException(Map<String, String> attempts) {
        super(describe(attempts));
        this.attempts = attempts.entrySet()
                .stream()
                .map(attempt -> new Attempt(attempt.getKey(), attempt.getValue()))
                .toList();
    }

    private static String describe(Map<String, String> attempts) {
        return attempts.entrySet()
                .stream()
                .map(attempt -> "  " + attempt.getKey() + ": " + attempt.getValue() + "\n")
                .collect(
                        Collectors.joining(
                                "",
                                "Intel DML is not available. Tried:\n",
                                FailureName.DML_UNAVAILABLE.endOf(
                                        "ThreadsDataMover and SyncDataMover do not need DML. To"
                                                + " install DML, see docs/install-dml.md.")));
    }

    /**
     * Returns the attempts in their order.
     *
     * @return the attempts, at least one
     */
    public List<Attempt> attempts() {
        return attempts;
    }
}
