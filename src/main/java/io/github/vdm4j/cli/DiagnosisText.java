package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import java.util.stream.Collectors;

/** The text form of a {@link DmlDiagnosis}: the verdict, then each finding with its remedy. */
final class DiagnosisText {
    private DiagnosisText() {}

    static String of(DmlDiagnosis diagnosis) {
        String findings = diagnosis.findings()
                .stream()
                .map(finding -> "%n%-5s  %s%n       %s%n".formatted(
                        label(finding.severity()), finding.what(), finding.remedy()))
                .collect(Collectors.joining());
        return diagnosis.verdict().sentence() + System.lineSeparator() + findings;
    }

    private static String label(DmlDiagnosis.Severity severity) {
        return severity.name().toLowerCase(java.util.Locale.ROOT);
    }
}
