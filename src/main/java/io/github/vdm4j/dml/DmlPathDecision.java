package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Where a {@link DmlDataMover} executes from now on, and why. May be used by any thread. */
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
     * A decision.
     *
     * @param path {@link DmlPath#HARDWARE} or {@link DmlPath#SOFTWARE}
     * @param reason why, in a few words
     * @param findings what {@link DmlDiagnosis} found
     */
    public DmlPathDecision(DmlPath path, String reason, List<Finding> findings) {
        this.path = Objects.requireNonNull(path, "path");
        this.reason = Objects.requireNonNull(reason, "reason");
        this.findings = List.copyOf(Objects.requireNonNull(findings, "findings"));
    }

    /** One that needed no diagnosis, which is made when somebody wants to see it. */
    DmlPathDecision(DmlPath path, String reason, Supplier<List<Finding>> diagnosis) {
        this.path = path;
        this.reason = reason;
        this.diagnosis = diagnosis;
    }

    /**
     * Where operations go.
     *
     * @return {@link DmlPath#HARDWARE} or {@link DmlPath#SOFTWARE}
     */
    public DmlPath path() {
        return path;
    }

    /**
     * Why, in a few words.
     *
     * @return what was asked for, what the hardware did, or that there is none
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
     * What {@link DmlDiagnosis} found at that time, the likeliest explanation first. Where it was
     * not needed for the decision, as there was no device to try, it is made by the first call,
     * which takes some milliseconds.
     *
     * @return the findings; empty where nothing had to be found, as on a mover that was opened for
     * {@link DmlPath#SOFTWARE}
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
