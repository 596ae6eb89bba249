package io.github.vdm4j.dsa;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.mover.UnavailableException;
import java.util.List;

/**
 * Thrown if no work queue of a DSA device can be used. The message lists every examined queue and
 * the reason why the process cannot use it. A later attempt may succeed.
 */
public final class DsaUnavailableException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    /** The reason for each unusable queue. */
    @SuppressWarnings("serial") // List.copyOf returns serializable lists.
    private final List<Finding> findings;

    DsaUnavailableException(List<Finding> findings) {
        super("No DSA work queue can be used. Examined:",
                findings.stream().map(Finding::what).toList(),
                FailureName.DSA_UNAVAILABLE.endOf(
                        "The commands that fix this: scripts/vdm info --why, docs/dsa.md."
                                + " ThreadsDataMover and SyncDataMover need no device."));
        this.findings = List.copyOf(findings);
    }

    /**
     * {@return the examined queues and the reasons why the process cannot use them, at least one
     * finding}
     */
    public List<Finding> findings() {
        return findings;
    }
}
