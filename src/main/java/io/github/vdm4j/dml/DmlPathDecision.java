package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.machine.Elements;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** A decision for the path of a {@link DmlDataMover}, with the reason. It is thread-safe. */
public final class DmlPathDecision {
    private final DmlPath path;
    private final String reason;

    /** The policy in words. The mover sets it before it publishes the decision. */
    private String policy = "";

    /** The supplier of the findings, or null if the findings are known. Guarded by this. */
    private Supplier<List<Finding>> diagnosis;

    /** Guarded by this. */
    private List<Finding> findings;

    /**
     * Creates a decision.
     *
     * @param path {@link DmlPath#HARDWARE} or {@link DmlPath#SOFTWARE}
     * @param reason the reason in a few words
     * @param findings the findings of {@link DmlDiagnosis}
     */
    public DmlPathDecision(DmlPath path, String reason, List<Finding> findings) {
        this.path = Objects.requireNonNull(path, "path");
        this.reason = Objects.requireNonNull(reason, "reason");
        this.findings = List.copyOf(Elements.nonNull(findings, "findings"));
    }

    /** Creates a decision. The first call of {@link #findings} determines its findings. */
    DmlPathDecision(DmlPath path, String reason, Supplier<List<Finding>> diagnosis) {
        this.path = path;
        this.reason = reason;
        this.diagnosis = diagnosis;
    }

    /** {@return the path of the operations, hardware or software} */
    public DmlPath path() {
        return path;
    }

    /** {@return the setting, the result of the trial, or the lack of hardware, in a few words} */
    public String reason() {
        return reason;
    }

    /**
     * {@return the operations that the path does not execute, in words} The string is empty if no
     * mover has made the decision.
     */
    public String policy() {
        return policy;
    }

    void policy(String words) {
        policy = words;
    }

    /**
     * Returns the findings of {@link DmlDiagnosis} at the time of the decision. The most probable
     * explanation comes first. If the decision needed no diagnosis, the first call diagnoses the
     * machine. This takes some milliseconds.
     *
     * @return the findings. The list is empty if the mover was opened for {@link DmlPath#SOFTWARE}
     */
    public synchronized List<Finding> findings() {
        if (diagnosis != null) {
            findings = diagnosis.get();
            diagnosis = null;
        }
        return findings;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DmlPathDecision decision
                && path == decision.path
                && reason.equals(decision.reason)
                && findings().equals(decision.findings());
    }

    @Override
    public int hashCode() {
        return Objects.hash(path, reason);
    }

    @Override
    public String toString() {
        return path + ", because " + reason + ": " + findings();
    }
}
