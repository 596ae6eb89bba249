package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import io.github.vdm4j.dsa.DsaDiagnosis;
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

    String dsaSentence() {
        return dsa.works()
                ? "DsaDataMover works here, on " + String.join(", ", dsa.queues())
                : "DsaDataMover does not work here: "
                        + dsa.findings().getFirst().what();
    }

    /** Returns the text form. Each verdict precedes its findings, and each finding has a remedy. */
    String text() {
        String ofDml = dml.findings()
                .stream()
                .map(finding -> finding(finding.severity().name().toLowerCase(Locale.ROOT),
                        finding.what(), finding.remedy()))
                .collect(Collectors.joining());
        String ofDsa = dsa.findings()
                .stream()
                .map(finding -> finding(finding.subject(), finding.what(), finding.remedy()))
                .collect(Collectors.joining());
        return "%s%n%s%n%s%n%s".formatted(dml.verdict().sentence(), ofDml, dsaSentence(), ofDsa);
    }

    private static String finding(String label, String what, String remedy) {
        return "%n%-5s  %s%n       %s%n".formatted(label, what, remedy);
    }
}
