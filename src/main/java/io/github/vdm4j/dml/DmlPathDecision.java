package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import java.util.List;
import java.util.Objects;

/**
 * Where a {@link DmlDataMover} executes from now on, and why.
 *
 * @param path {@link DmlPath#HARDWARE} or {@link DmlPath#SOFTWARE}
 * @param reason why, in a few words: what was asked for, or what the hardware did
 * @param findings what {@link DmlDiagnosis} found at that time, the likeliest explanation first; empty where it was not
 *     asked, as on a mover that was opened for {@link DmlPath#SOFTWARE}
 */
public record DmlPathDecision(DmlPath path, String reason, List<Finding> findings) {
    /** Copies the list. */
    public DmlPathDecision {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(reason, "reason");
        findings = List.copyOf(findings);
    }
}
