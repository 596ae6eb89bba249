package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlHardwareException;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.dsa.DsaUnavailableException;
import io.github.vdm4j.dsa.Finding;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The reasons why a mover is unavailable, without the remedies for Java programs. The command line
 * has remedies of its own.
 */
final class Unavailable {
    /** Where the command line has the remedies. */
    static final String REMEDIES = "vdm info --why prints what prevents it, and the remedies";

    private Unavailable() {}

    static String reasons(DsaUnavailableException e) {
        return lines("No DSA work queue can be used. Examined:",
                e.findings().stream().map(Finding::what));
    }

    static String reasons(DmlUnavailableException e) {
        return lines("Intel DML is not available. Tried:", e.attempts()
                .stream()
                .map(attempt -> attempt.place() + ": " + attempt.outcome()));
    }

    static String reasons(DmlHardwareException e) {
        List<Finding> findings = e.diagnosis().findings();
        return lines("The hardware path of DML does not work.%s %s".formatted(
                e.status() == null ? "" : " The trial ended with " + e.status() + ".",
                findings.isEmpty() ? "The diagnosis does not explain it." : "Found:"),
                findings.stream().map(Finding::what));
    }

    private static String lines(String title, Stream<String> reasons) {
        return reasons.map(reason -> "\n  " + reason)
                .collect(Collectors.joining("", title, "\n"));
    }
}
