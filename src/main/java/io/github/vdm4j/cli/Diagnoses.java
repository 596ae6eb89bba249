package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import io.github.vdm4j.dsa.DsaDiagnosis;
import io.github.vdm4j.dsa.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The diagnoses of DSA through Intel DML and of DSA from pure Java. The components, in this order,
 * are the keys of the JSON of {@code vdm info --why}.
 */
record Diagnoses(DmlDiagnosis dml, DsaDiagnosis dsa) {
    static Diagnoses current() {
        return new Diagnoses(DmlDiagnosis.current(), DsaDiagnosis.current());
    }

    /**
     * Returns the text form. Each verdict precedes its findings, and each finding has a remedy. The
     * second verdict has only the findings that the first does not have.
     */
    String text() {
        var further = new ArrayList<>(dsa.findings());
        further.removeAll(dml.findings());
        return "%s%n%s%n%s%n%s".formatted(dml.verdict(), text(dml.findings()),
                dsa.verdict(), text(further));
    }

    private static String text(List<Finding> findings) {
        return findings.stream()
                .map(finding -> "%n%-5s  %s%n       %s%n".formatted(
                        finding.severity().name().toLowerCase(Locale.ROOT), finding.what(),
                        finding.remedy()))
                .collect(Collectors.joining());
    }
}
