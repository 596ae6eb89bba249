package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import io.github.vdm4j.machine.FailureName;
import java.util.List;
import java.util.Objects;

/**
 * Thrown if a mover on {@link DmlPath#HARDWARE} is opened and the hardware does not work. The
 * message contains the result of the trial, the findings that explain it, and their remedies.
 */
public final class DmlHardwareException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient DmlStatus status;
    private final transient DmlDiagnosis diagnosis;

    DmlHardwareException(String trial, DmlStatus status, DmlDiagnosis diagnosis) {
        super(message(trial, status, diagnosis));
        this.status = status;
        this.diagnosis = Objects.requireNonNull(diagnosis, "diagnosis");
    }

    private static String message(String trial, DmlStatus status, DmlDiagnosis diagnosis) {
        List<Finding> findings = diagnosis.findings();
        var text = new StringBuilder("path HARDWARE cannot be opened: ").append(trial).append('.');
        if (!findings.isEmpty()) {
            text.append(" Found:");
            findings.forEach(
                    finding -> text.append("\n  ")
                            .append(finding.what())
                            .append("\n    ")
                            .append(finding.remedy()));
        } else {
            text.append(" The diagnosis does not explain it.");
            if (status != null) {
                text.append(' ').append(status.explanation());
            }
        }
        return text.append(
                FailureName.HARDWARE_UNAVAILABLE.endOf(
                        "\nPaths AUTO and SOFTWARE need no hardware. More: scripts/vdm "
                                + "info --why, docs/hardware.md"))
                .toString();
    }

    /**
     * {@return DML's status of the trial, or null} It is null without a trial or an answer, and
     * after deserialisation.
     */
    public DmlStatus status() {
        return status;
    }

    /** {@return the diagnosis at the time of the trial, or null after deserialisation} */
    public DmlDiagnosis diagnosis() {
        return diagnosis;
    }
}
