package io.github.vdm4j.dml;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when no Intel DML could be opened. The message lists every attempt with the dynamic loader's
 * own words. Nothing is spoilt by it: the next attempt may succeed.
 */
public final class DmlUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * One place that was tried.
     *
     * @param place what was tried: a property, an environment variable, a name, a path
     * @param outcome why it did not work, in the dynamic loader's words where it was asked
     */
    public record Attempt(String place, String outcome) implements java.io.Serializable {}

    @SuppressWarnings("serial") // List.copyOf makes serializable ones
    private final List<Attempt> attempts;

    DmlUnavailableException(List<Attempt> attempts) {
        super(describe(attempts));
        this.attempts = List.copyOf(attempts);
    }

    private static String describe(List<Attempt> attempts) {
        return attempts.stream()
                .map(attempt -> "  " + attempt.place() + ": " + attempt.outcome() + "\n")
                .collect(
                        Collectors.joining(
                                "",
                                "Intel DML is not available. Tried:\n",
                                "The pure-Java movers need none: ThreadsDataMover, SyncDataMover. Installing DML: docs/install-dml.md"));
    }

    /**
     * What was tried, in order.
     *
     * @return the attempts, at least one
     */
    public List<Attempt> attempts() {
        return attempts;
    }
}
