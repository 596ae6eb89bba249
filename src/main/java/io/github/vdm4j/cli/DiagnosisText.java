package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import java.util.stream.Collectors;

/**
 * {@link Diagnoses} as text: each verdict, then each finding with its remedy below it.
 */
final class DiagnosisText {
    private DiagnosisText() {}

    static String of(Diagnoses diagnoses) {
        DmlDiagnosis dml = diagnoses.dml();
        String findings = dml.findings()
                .stream()
                .map(finding -> "%n%-5s  %s%n       %s%n".formatted(
                        label(finding.severity()), finding.what(), finding.remedy()))
                .collect(Collectors.joining());
        String ofDsa = diagnoses.dsa()
                .findings()
                .stream()
                .map(finding -> "%n%-5s  %s%n       %s%n".formatted(
                        finding.subject(), finding.what(), finding.remedy()))
                .collect(Collectors.joining());
        return "%s%n%s%n%s%n%s".formatted(dml.verdict().sentence(), findings,
                diagnoses.dsaSentence(), ofDsa);
    }

    private static String label(DmlDiagnosis.Severity severity) {
        return severity.name().toLowerCase(java.util.Locale.ROOT);
    }
}
