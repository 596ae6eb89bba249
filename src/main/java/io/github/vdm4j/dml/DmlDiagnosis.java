package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.dsa.Finding.Severity;
import io.github.vdm4j.machine.NumaNodes;
import java.nio.file.Path;
import java.util.List;

/**
 * A prediction whether DML can use the DSA devices of this machine, with the reasons and the
 * remedies. A diagnosis reads the reports of Linux and of the dynamic loader. It takes a few
 * milliseconds and opens no device.
 *
 * @param verdict the expected results of opening a mover on {@link DmlPath#HARDWARE} and on {@link
 *     DmlPath#AUTO}, with the first reason, in a sentence
 * @param queues the work queues that no finding excludes
 * @param findings the facts that prevent or limit the use of hardware. The order is a missing DML,
 *     a crash, then the most probable reason
 * @param system the examined machine
 * @param accelConfig the library with which DML finds the devices
 */
public record DmlDiagnosis(String verdict, List<String> queues, List<Finding> findings,
        DsaSystem system, AccelConfig accelConfig) {

    /** Copies the lists. */
    public DmlDiagnosis {
        queues = List.copyOf(queues);
        findings = List.copyOf(findings);
    }

    /** {@return whether the hardware path should work, because no finding prevents it} */
    public boolean works() {
        return findings.stream().allMatch(finding -> finding.severity() == Severity.LIMIT);
    }

    /**
     * {@return whether DML would crash the JVM} The opening on HARDWARE then fails, and AUTO does
     * not try the hardware.
     */
    public boolean wouldCrash() {
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.CRASH);
    }

    /**
     * Diagnoses this machine for the DML that {@link DmlLibrary#open()} finds.
     *
     * @return the current diagnosis
     */
    public static DmlDiagnosis current() {
        DmlVersion version;
        try {
            version = DmlLibrary.open().version();
        } catch (DmlUnavailableException e) {
            version = null;
        }
        return here(version, NumaNodes.ANY);
    }

    /** Diagnoses this machine. The version is null if DML is unavailable. */
    static DmlDiagnosis here(DmlVersion dml, int node) {
        return of(
                DsaSystem.read(Path.of("/")), AccelConfig.load(AccelConfig.SONAME), dml, node);
    }

    /**
     * Diagnoses a machine. The version is null if DML is unavailable.
     *
     * @param node the NUMA node of the mover, or {@link NumaNodes#ANY} for the nodes of the threads
     */
    static DmlDiagnosis of(
            DsaSystem system, AccelConfig accelConfig, DmlVersion dml, int node) {
        var rules = new DiagnosisRules(system, accelConfig, dml, node);
        List<Finding> findings = rules.findings();
        return new DmlDiagnosis(verdict(findings, dml != null, rules.usableQueues()),
                rules.usableQueues(), findings, system, accelConfig);
    }

    private static String verdict(List<Finding> findings, boolean hasDml, List<String> queues) {
        for (Finding first : findings) {
            if (first.severity() != Severity.LIMIT) {
                String outcome = !hasDml ? "neither HARDWARE nor AUTO can be opened"
                        : first.severity() == Severity.BLOCK
                                ? "HARDWARE does not work here, and AUTO runs in software"
                                : "HARDWARE would crash the JVM and is refused, and AUTO runs in "
                                        + "software";
                return outcome + ": " + first.what();
            }
        }
        return "HARDWARE should work here, and AUTO uses it: DML can submit to "
                + String.join(", ", queues);
    }
}
