package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The path on which a {@link DmlDataMover} executes from now on, with the reason. Any thread may
 * use it.
 */
public final class DmlPathDecision {
    private final DmlPath path;
    private final String reason;

    /** Set before any thread sees the decision. */
    private String policy = "";

    /** Null once the findings are known. Guarded by this. */
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
        this.findings = List.copyOf(Objects.requireNonNull(findings, "findings"));
    }

    /** Creates a decision whose diagnosis is made when a caller asks for its findings. */
    DmlPathDecision(DmlPath path, String reason, Supplier<List<Finding>> diagnosis) {
        this.path = path;
        this.reason = reason;
        this.diagnosis = diagnosis;
    }

    /**
     * Returns the path of the operations.
     *
     * @return {@link DmlPath#HARDWARE} or {@link DmlPath#SOFTWARE}
     */
    public DmlPath path() {
        return path;
    }

    /**
     * Returns the reason in a few words.
     *
     * @return the reason: the setting, the result of the trial, or the lack of hardware
     */
    public String reason() {
        return reason;
    }

    /**
     * Returns which operations the mover does not leave to the path.
     *
     * @return the policy in words; empty for a decision that a mover has not made
     */
    public String policy() {
        return policy;
    }

    void policy(String words) {
        policy = words;
    }

    /**
     * Returns the findings of {@link DmlDiagnosis} at that time, the likeliest explanation first.
     * If the decision needed no diagnosis, the first call makes it, in some milliseconds.
     *
     * @return the findings, empty on a mover that was opened for {@link DmlPath#SOFTWARE}
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
        return path + ", as " + reason + ": " + findings();
    }
}
