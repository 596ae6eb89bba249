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
 * @param verdict the prediction
 * @param findings the facts that prevent or limit the use of hardware. The order is a missing DML,
 *     a crash, then the most probable reason
 * @param system the examined machine
 * @param accelConfig the library with which DML finds the devices
 */
public record DmlDiagnosis(
        Verdict verdict, List<Finding> findings, DsaSystem system, AccelConfig accelConfig) {

    /** Copies the list. */
    public DmlDiagnosis {
        findings = List.copyOf(findings);
    }

    /** The expected result of opening a mover. */
    public enum Outcome {
        /** Operations run on DSA. */
        HARDWARE,
        /** Operations run in DML's software path. */
        SOFTWARE,
        /** The opening of the mover fails. */
        FAILURE,
        /**
         * DML would crash the JVM. The opening on HARDWARE fails, and AUTO does not try the
         * hardware.
         */
        CRASH
    }

    /**
     * The prediction.
     *
     * @param hardware the outcome on {@link DmlPath#HARDWARE}
     * @param auto the outcome on {@link DmlPath#AUTO}
     * @param sentence a sentence with both outcomes and the reason
     */
    public record Verdict(Outcome hardware, Outcome auto, String sentence) {
        /** {@return whether the hardware path should work, because no finding prevents it} */
        public boolean hardwareWorks() {
            return hardware == Outcome.HARDWARE;
        }
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
        return new DmlDiagnosis(verdict(findings, dml != null, rules.usableQueues()), findings,
                system, accelConfig);
    }

    private static Verdict verdict(List<Finding> findings, boolean hasDml, List<String> queues) {
        Finding first = findings.stream()
                .filter(finding -> finding.severity().compareTo(Severity.BLOCK) <= 0)
                .findFirst()
                .orElse(null);
        if (first == null) {
            return new Verdict(
                    Outcome.HARDWARE,
                    Outcome.HARDWARE,
                    "HARDWARE should work here, and AUTO uses it: DML can submit to "
                            + String.join(", ", queues));
        }
        if (!hasDml) {
            return new Verdict(
                    Outcome.FAILURE, Outcome.FAILURE,
                    "neither HARDWARE nor AUTO can be opened: " + first.what());
        }
        return first.severity() == Severity.CRASH
                ? new Verdict(
                        Outcome.CRASH,
                        Outcome.SOFTWARE,
                        "HARDWARE would crash the JVM and is refused, and AUTO runs in software: "
                                + first.what())
                : new Verdict(
                        Outcome.FAILURE,
                        Outcome.SOFTWARE,
                        "HARDWARE does not work here, and AUTO runs in software: " + first.what());
    }
}
