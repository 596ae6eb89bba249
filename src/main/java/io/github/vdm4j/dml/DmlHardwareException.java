package io.github.vdm4j.dml;

import io.github.vdm4j.machine.FailureName;
import java.util.Objects;
import java.util.stream.Collectors;

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
        String found = diagnosis.findings().isEmpty()
                ? " The diagnosis does not explain it."
                        + (status == null ? "" : " " + status.explanation())
                : diagnosis.findings()
                        .stream()
                        .map(finding -> "\n  " + finding.what() + "\n    " + finding.remedy())
                        .collect(Collectors.joining("", " Found:", ""));
        return FailureName.HARDWARE_UNAVAILABLE.endOf(
                "path HARDWARE cannot be opened: " + trial + "." + found
                        + "\nPaths AUTO and SOFTWARE need no hardware. More: scripts/vdm info"
                        + " --why, docs/hardware.md");
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
