package io.github.vdm4j.dml;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.mover.UnavailableException;

/**
 * Thrown if a mover on {@link DmlPath#HARDWARE} is opened and the hardware does not work. The
 * message contains the result of the trial, the findings that explain it, and their remedies.
 */
public final class DmlHardwareException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    private final transient DmlStatus status;
    private final transient DmlDiagnosis diagnosis;

    DmlHardwareException(String trial, DmlStatus status, DmlDiagnosis diagnosis) {
        super("path HARDWARE cannot be opened: %s.%s".formatted(trial, found(status, diagnosis)),
                diagnosis.findings()
                        .stream()
                        .map(finding -> finding.what() + "\n    " + finding.remedy())
                        .toList(),
                FailureName.HARDWARE_UNAVAILABLE.endOf(
                        "Paths AUTO and SOFTWARE need no hardware. More: scripts/vdm info --why,"
                                + " docs/hardware.md"));
        this.status = status;
        this.diagnosis = diagnosis;
    }

    private static String found(DmlStatus status, DmlDiagnosis diagnosis) {
        return !diagnosis.findings().isEmpty() ? " Found:"
                : " The diagnosis does not explain it."
                        + (status == null ? "" : " " + status.explanation());
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
